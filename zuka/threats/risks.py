"""The ten risks of APIs that OWASP names, of 2023."""

from __future__ import annotations

from zuka.threats.rows import Threat

RISKS: tuple[Threat, ...] = (
    Threat(
        "API1 object level",
        "The number or id of what is somebody else's.",
        "Things are looked for among the caller's own; guests hold a signed token. Everything else is 404.",
        ("commerce.orders.services.reading:find_order",),
        (
            "tests/commerce/orders/test_orders_api.py::test_an_order_is_hidden_from_everyone_else",
            "tests/commerce/orders/test_papers.py::test_owners_and_holders_of_the_token_read_the_invoice_and_nobody_else",
            "tests/commerce/payments/test_payments_api.py::test_another_customers_payment_is_not_there",
            "tests/commerce/accounts/test_addresses.py::test_addresses_of_others_are_not_there",
            "tests/commerce/cart/test_cart_api.py::test_a_cart_is_for_who_holds_its_token",
            "tests/commerce/cart/test_wishlist.py::test_a_wishlist_is_its_customer_s_alone",
            "tests/commerce/notifications/test_notices.py::test_notices_are_their_customer_s_alone",
        ),
    ),
    Threat(
        "API2 authentication",
        "Guessed passwords and codes; finding out who has an account; reading with a tracking key.",
        "Guesses and calls are limited by account and address, answers and work are the same with and without an "
        "account, a second step, publishable keys authenticate nothing.",
        (
            "commerce.accounts.authentication:limit_rate",
            "commerce.accounts.services.codes:guess_code",
            "zuka.platform.keys.authentication:ApiKeyAuthentication",
        ),
        (
            "tests/commerce/accounts/test_sign_in.py::test_wrong_passwords_for_one_account_are_limited",
            "tests/commerce/accounts/test_sign_in.py::test_a_refused_sign_in_does_not_say_which_accounts_there_are",
            "tests/commerce/accounts/test_password_reset.py::test_the_answer_and_the_work_are_the_same_without_an_account",
            "tests/commerce/accounts/test_email_sign_in.py::test_answer_work_and_mail_are_the_same_whoever_has_the_e_mail",
            "tests/commerce/accounts/test_email_sign_in.py::test_who_waits_with_the_victims_e_mail_and_a_password_is_put_out",
            "tests/commerce/accounts/test_email_proof.py::test_many_guesses_at_once_are_five",
            "tests/commerce/accounts/test_second_step.py::test_guesses_are_limited",
            "tests/platform/keys/test_issuing.py::test_reports_are_for_secret_keys_with_their_scope",
        ),
    ),
    Threat(
        "API3 properties",
        "Fields that are not the client's to write or to read: price, state, rating, rights, cost.",
        "Serializers name what is read and shown; prices and totals come from the database.",
        ("commerce.orders.api.orders:PlaceOrderSerializer", "commerce.accounts.api.profile:ProfileSerializer"),
        (
            "tests/commerce/orders/test_orders_api.py::test_a_price_that_the_client_sends_is_ignored",
            "tests/commerce/accounts/test_profile.py::test_a_customer_changes_what_is_theirs_to_change",
            "tests/commerce/catalog/test_catalog_api.py::test_list_shows_a_product_without_its_secrets",
            "tests/commerce/payments/test_payments_api.py::test_customers_do_not_read_the_providers_words",
        ),
    ),
    Threat(
        "API4 resources",
        "Huge or slow bodies, deep documents, long lists, endless pages.",
        "Bodies, what they unpack to, depth, lists, pages, carts and uploads are bounded; slow clients are put out.",
        (
            "analytics.ingest.doors.reading:read_body",
            "zuka.platform.http:CursorPages",
            "zuka.platform.http:BoundedUploads",
            "commerce.cart.services.quoting:count_quote",
        ),
        (
            "tests/ingest/test_hostile.py::test_a_hostile_body_is_one_rejected_event",
            "tests/commerce/cart/test_cart_api.py::test_json_that_is_too_deep_is_a_mistake_of_the_client",
            "tests/commerce/cart/test_cart_api.py::test_a_cart_holds_so_many_pieces_and_lines",
            "tests/commerce/catalog/test_pictures.py::test_more_files_than_a_form_may_bring_are_refused_before_they_are_read",
            "tests/commerce/promotions/test_guessing.py::test_one_cart_is_quoted_once_a_second_at_most",
            "tests/platform/test_http.py::test_a_page_of_a_list_is_bounded",
            "tests/platform/test_slow_clients.py::test_a_dripping_request_is_ended_when_its_time_is_over",
        ),
        "A time limit of statements for web and reports; limits by API key.",
    ),
    Threat(
        "API5 functions",
        "Pages and buttons of the back office that are not for the person.",
        "Rights by role from one table; every page and action asks for its own.",
        ("zuka.roles:ROLES", "zuka.platform.admin.rows:FrozenRows"),
        (
            "tests/commerce/test_roles.py::test_a_role_opens_the_pages_it_may_view_and_no_other",
            "tests/commerce/test_roles.py::test_support_neither_gives_roles_nor_changes_staff",
            "tests/commerce/test_back_office.py::test_staff_cannot_raise_their_own_rights",
            "tests/commerce/payments/test_back_office_payments.py::test_who_may_only_look_has_no_buttons",
            "tests/report/test_pages.py::test_reports_are_for_staff_with_the_permission",
        ),
    ),
    Threat(
        "API6 business flows",
        "Guessing coupons, spending the shop's text messages, review spam, buying up.",
        "Guesses at codes are counted and told nothing, messages have limits by phone, address and day, one review a "
        "customer and product, pieces and lines of an order are bounded.",
        (
            "commerce.promotions.services.finding:count_guess",
            "commerce.accounts.services.codes:refuse_too_many_messages",
            "commerce.reviews.services:write_review",
        ),
        (
            "tests/commerce/promotions/test_guessing.py::test_to_a_stranger_every_code_that_cannot_be_used_is_the_same",
            "tests/commerce/promotions/test_guessing.py::test_new_carts_do_not_help_who_guesses_from_one_address",
            "tests/commerce/promotions/test_guessing.py::test_many_shoppers_behind_one_address_mistype_some_codes_each",
            "tests/commerce/accounts/test_phone_limits.py::test_an_address_gets_as_many_an_hour_as_the_shop_says",
            "tests/commerce/reviews/test_writing.py::test_one_review_a_customer_and_product",
        ),
        "Referrals and games come with their rooms; limits a customer for goods in demand.",
    ),
    Threat(
        "API7 requests to places that the client names",
        "An address that our server is made to ask.",
        "The server asks payment, message and mail providers at addresses that the operator sets; webhooks of alerts "
        "go to public addresses alone, by the one that was looked at, and follow no redirect; pictures of other sites "
        "are addresses for browsers alone.",
        (
            "commerce.payments.gateways.protocol:ask",
            "zuka.platform.sms.termii:Termii",
            "zuka.platform.webhooks:look_up",
        ),
        (
            "tests/architecture/test_outgoing.py::test_only_doors_to_providers_call_out",
            "tests/platform/test_webhooks.py::test_no_spelling_of_our_own_machine_is_called",
            "tests/platform/test_webhooks.py::test_machines_that_are_not_on_the_internet_are_not_public",
            "tests/report/test_alert_calls.py::test_an_address_of_our_own_network_is_refused_in_the_form_and_by_the_job",
        ),
    ),
    Threat(
        "API8 configuration",
        "What a server on the internet forgets.",
        "The deployment check runs with the others; scripts, styles and connections of pages are our own; keys name "
        "the sites they are for; addresses of clients are those that our proxies wrote.",
        ("zuka.up.environment:for_deploy_check", "zuka.platform.http:client_ip"),
        (
            "tests/up/test_environment.py::test_the_deployment_check_sees_a_server_on_the_internet",
            "tests/shop/test_views.py::test_pages_run_no_inline_script_no_eval_and_no_inline_style",
            "tests/platform/test_http.py::test_a_forwarded_address_is_trusted_as_far_as_our_proxies_wrote_it",
            "tests/ingest/test_native_door.py::test_a_key_is_for_the_sites_it_names",
            "tests/platform/pictures/test_storing.py::test_nothing_else_is_served",
        ),
    ),
    Threat(
        "API9 inventory",
        "Addresses that nobody remembers.",
        "The API has a version and a schema that tests compare with what is mounted; nothing is mounted to debug.",
        ("commerce.accounts.adapter.schema:add_sign_in", "analytics.ingest.doors.schema:add_doors"),
        (
            "tests/commerce/accounts/test_sign_in_schema.py::test_the_schema_has_the_sign_in_that_is_mounted",
            "tests/commerce/accounts/test_sign_in.py::test_what_we_do_ourselves_is_not_mounted",
            "tests/ingest/test_hostile.py::test_the_schema_describes_every_door_by_its_methods",
        ),
    ),
    Threat(
        "API10 what providers say",
        "Answers of providers that are odd, late, too long, or about another amount.",
        "Answers are read field by field within a time; amount, currency and mode are compared with what was asked.",
        ("commerce.payments.gateways.protocol:Charge", "commerce.orders.services.settling:attention_for"),
        (
            "tests/commerce/payments/test_odd_answers.py::test_an_answer_that_cannot_be_read",
            "tests/commerce/payments/test_webhooks.py::test_a_message_that_lies_pays_nothing",
            "tests/commerce/payments/test_starting.py::test_nobody_listens_at_the_providers_address",
            "tests/platform/sms/test_sending.py::test_an_answer_that_comes_too_late_may_have_sent_it",
        ),
    ),
)
