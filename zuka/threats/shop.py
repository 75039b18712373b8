"""What threatens a shop and its figures, from outside and from its own staff."""

from __future__ import annotations

from zuka.threats.rows import Threat

PETS = "tests/pets"
STEP = "tests/commerce/accounts/test_second_step.py"
SESSIONS = "tests/commerce/accounts/test_staff_sessions.py"
SECURITY = "tests/commerce/accounts/test_staff_security.py"
LOG = "tests/platform/audit/test_log.py"

REWARDS = "tests/commerce/rewards"

SHOP: tuple[Threat, ...] = (
    Threat(
        "Price tampering",
        "The client sends a price, a total or a discount.",
        "Prices are the database's when the order is placed; a total that was shown otherwise is refused.",
        ("commerce.orders.services.placing:write_order", "commerce.orders.services.lines:price_line"),
        (
            "tests/commerce/orders/test_orders_api.py::test_a_price_that_the_client_sends_is_ignored",
            "tests/commerce/promotions/test_shown.py::test_quotes_and_orders_take_several_codes_by_the_same_rules",
            "tests/ingest/test_native_door.py::test_a_clients_word_on_the_shops_facts_is_a_claim",
        ),
    ),
    Threat(
        "Paying less",
        "A payment of another amount, currency, reference or mode.",
        "The provider is asked, and what came is compared with what was due; test money pays nothing in a real shop.",
        ("commerce.orders.services.settling:apply_charge", "commerce.orders.services.settling:attention_for"),
        (
            "tests/commerce/payments/test_settling.py::test_what_comes_is_not_what_was_asked",
            "tests/commerce/payments/test_settling.py::test_test_keys_pay_nothing_in_a_real_shop",
            "tests/commerce/payments/test_webhooks.py::test_a_payment_that_is_not_ours",
        ),
    ),
    Threat(
        "Coupon race",
        "Checkouts at the same moment.",
        "A use is counted by one conditional UPDATE in the order's transaction, coupons in the turn of their ids.",
        ("commerce.promotions.services.redeeming:count_use", "commerce.promotions.services.redeeming:redeem_coupons"),
        (
            "tests/commerce/promotions/test_coupons.py::test_50_at_once_for_one_use",
            "tests/commerce/promotions/test_coupons.py::test_one_customer_in_ten_tabs",
            "tests/commerce/promotions/test_together.py::test_50_at_once_for_two_codes_of_one_use_each",
            "tests/commerce/promotions/test_together.py::test_orders_with_the_same_codes_are_placed_and_cancelled_at_once",
        ),
    ),
    Threat(
        "Points twice, or below zero",
        "Checkouts, refunds, webhooks and jobs at the same moment.",
        "Every change of points is a row with a unique source, written under the customer's row with its caches; the "
        "database refuses a balance below zero, and any change of what was written.",
        ("commerce.rewards.services.ledger:spend_points", "commerce.rewards.services.ledger:earn_points"),
        (
            f"{REWARDS}/test_ledger.py::test_points_are_spent_once_however_many_spend_them",
            f"{REWARDS}/test_ledger.py::test_a_source_earns_once_however_many_give_it",
            f"{REWARDS}/test_ledger.py::test_the_database_keeps_every_change",
            f"{REWARDS}/test_checkout.py::test_orders_at_once_spend_points_once",
            f"{REWARDS}/test_checkout.py::test_an_order_earns_once_however_many_settle_it",
            f"{REWARDS}/test_redeeming.py::test_no_more_are_taken_than_there_are_or_than_one_may",
        ),
    ),
    Threat(
        "Farming of games and friends",
        "Replayed or invented scores, many accounts of one person.",
        "Plays are begun and judged by the shop, and a signed token takes one result; points end with the day. Friends "
        "count after their first order is kept, and wait for staff where both may be one person.",
        (
            "commerce.rewards.services.playing:write_result",
            "commerce.rewards.services.referring:qualify_referral",
            "commerce.orders.services.likeness:likeness",
        ),
        (
            f"{REWARDS}/test_games.py::test_a_result_that_is_replayed_counts_once",
            f"{REWARDS}/test_games.py::test_a_token_is_good_for_its_play_and_player_alone",
            f"{REWARDS}/test_games.py::test_a_score_that_nobody_can_have",
            f"{REWARDS}/test_games.py::test_points_of_games_end_with_the_day",
            f"{REWARDS}/test_referrals.py::test_who_may_be_one_person_is_held_for_staff",
            f"{REWARDS}/test_referrals.py::test_a_month_of_friends_is_counted_however_many_orders_are_settled_at_once",
        ),
        "Cards are not compared: what providers say of them is not kept.",
    ),
    Threat(
        "Stock race",
        "Placing, expiring and cancelling at the same moment.",
        "Pieces are reserved by conditional UPDATEs in the turn of the products' ids, checked by the database.",
        ("commerce.catalog.services.stock:reserve_stock",),
        (
            "tests/commerce/orders/test_stock.py::test_fifty_people_want_five_pieces",
            "tests/commerce/orders/test_stock.py::test_cancelling_gives_pieces_back_once",
            "tests/commerce/payments/test_expiring.py::test_paying_cancelling_and_expiring_at_once",
        ),
    ),
    Threat(
        "Forged and repeated webhooks",
        "A public address; Flutterwave's hash is the same each time.",
        "Signatures are compared in constant time over the body as it came; a message is kept once and believed only "
        "after the provider was asked.",
        ("commerce.webhooks:receive_webhook", "commerce.orders.services.messages:handle_delivery"),
        (
            "tests/commerce/payments/test_webhooks.py::test_a_wrong_signature_is_refused_and_nothing_is_kept",
            "tests/commerce/payments/test_webhooks.py::test_the_same_message_20_times_at_once",
            "tests/commerce/payments/test_webhooks.py::test_a_forged_message_does_not_keep_the_true_one_out",
        ),
    ),
    Threat(
        "Refunding too much or twice",
        "Two members of staff, or one who clicks twice.",
        "Refunds are opened under the order's lock and kept before the provider is asked; their sum stays within what "
        "came in. Large ones wait for a colleague. What the provider lists is compared each night.",
        (
            "commerce.payments.services.ledger:open_refund",
            "commerce.orders.services.refunding:begin_refund",
            "commerce.orders.services.approving:approve_refund",
        ),
        (
            "tests/commerce/payments/test_refunding.py::test_two_staff_refund_at_once",
            "tests/commerce/payments/test_refunding.py::test_one_press_of_the_button_sends_once",
            "tests/commerce/payments/test_payment_tables.py::test_refunds_stay_within_the_payment",
            "tests/commerce/payments/test_four_eyes.py::test_nobody_approves_their_own_but_may_withdraw_it",
            "tests/commerce/payments/test_four_eyes.py::test_two_approve_at_once_and_one_refund_goes",
            "tests/commerce/payments/test_four_eyes.py::test_a_small_one_goes_at_once_and_many_small_ones_are_large",
            "tests/commerce/payments/comparing/test_refunds.py::test_more_went_back_than_we_have_room_for",
        ),
    ),
    Threat(
        "Formulas in files",
        "Names, addresses, search terms and properties that begin like a formula.",
        "Text that starts a formula gets a quote before it; numbers stay numbers.",
        ("zuka.platform.spreadsheets:starts_formula", "analytics.report.export.cells:csv_cell"),
        (
            "tests/report/test_reports.py::test_text_in_csv_starts_no_formula_and_negative_amounts_stay_numbers",
            "tests/report/test_pages.py::test_the_file_runs_no_formula_and_has_every_row",
            "tests/commerce/catalog/test_sheets.py::test_text_starts_no_formula_and_comes_back_as_it_was",
        ),
    ),
    Threat(
        "Script in what people write",
        "Names, reviews, properties, user agents, links.",
        "Templates escape, the storefront makes no HTML of text, mails are shown in a frame that can do nothing.",
        ("zuka.platform.mail.rendering:on_one_line", "analytics.rejected_admin:readable_payload"),
        (
            "tests/report/test_pages.py::test_what_clients_send_is_shown_as_text",
            "tests/report/test_pages.py::test_chart_data_cannot_end_its_script",
            "tests/report/test_pages_of_records.py::test_a_payload_is_shown_as_text",
            "tests/commerce/reviews/test_moderation.py::test_a_review_shows_as_text_with_its_purchase",
            "tests/commerce/notifications/test_order_mails.py::test_hostile_names_are_escaped",
            "tests/platform/mail/test_mail_pages.py::test_a_mail_is_shown_in_a_frame_that_can_do_nothing",
            "tests/shop/test_files.py::test_scripts_are_small_make_no_html_and_call_the_api_in_one_place",
        ),
    ),
    Threat(
        "Abuse of a tracking key",
        "The key stands in every page.",
        "It names its sites, events and rights; names of the shop's own facts become claims; times of long ago need "
        "another right; events are limited by key, visitor and address; revoking works at once; secret keys are "
        "hashed.",
        (
            "analytics.ingest.rights:source_by",
            "analytics.ingest.doors.limiting:limit_events",
            "zuka.platform.keys.finding:find_grant",
        ),
        (
            "tests/ingest/test_native_door.py::test_a_key_is_for_the_sites_it_names",
            "tests/ingest/test_native_door.py::test_a_clients_word_on_the_shops_facts_is_a_claim",
            "tests/ingest/test_rights.py::test_a_key_brings_its_own_rights",
            "tests/platform/keys/test_admin.py::test_a_revoked_key_stops_working_at_once",
            "tests/platform/keys/test_issuing.py::test_a_secret_key_is_kept_as_a_hash_alone",
            "tests/platform/throttling/test_rules.py::test_doors_count_events_and_take_a_request_whole_or_not",
        ),
    ),
    Threat(
        "Abuse of a partner's key",
        "Guessing keys, asking about another's, using one licence on many machines, using up somebody's day.",
        "Answers are the same for every key that does not work; an owner finds their own keys only; a bound key holds "
        "on one device; calls are counted by key and address, validations exactly; of two rotations at once one holds. "
        "A key does what its tier grants now, and stops with its owner's account.",
        (
            "zuka.platform.keys.validating:validate_key",
            "zuka.platform.keys.owner_api:own_key",
            "zuka.platform.throttling.requests:RateLimit",
        ),
        (
            "tests/platform/keys/test_validating.py::test_every_refusal_has_its_name_and_is_counted",
            "tests/platform/keys/test_validating.py::test_exactly_as_many_pass_as_a_day_has",
            "tests/platform/keys/test_validating.py::test_of_two_devices_at_once_one_binds",
            "tests/platform/keys/test_validating.py::test_a_scope_ends_with_the_tier_that_granted_it",
            "tests/platform/keys/test_owning.py::test_the_keys_of_a_closed_account_are_revoked_and_their_devices_forgotten",
            "tests/platform/keys/test_owning.py::test_the_keys_of_a_suspended_account_stop_until_it_goes_on",
            "tests/platform/keys/test_owning.py::test_another_owner_and_a_stranger_find_nothing",
            "tests/platform/keys/test_owning.py::test_of_two_rotations_at_once_one_gives_a_secret",
            "tests/platform/throttling/test_buckets.py::test_of_200_threads_no_more_than_the_limit_pass",
        ),
    ),
    Threat(
        "Poisoned figures",
        "Invented purchases, robots, spam in referrers.",
        "Revenue is the ledger's; what clients claim stands beside it; robots are marked and not counted.",
        ("analytics.track:track", "zuka.platform.agents:read_agent"),
        (
            "tests/ingest/test_privacy.py::test_a_robot_is_marked_and_kept",
            "tests/report/test_visits.py::test_what_clients_tell_stands_beside_what_happened",
            "tests/report/test_reports.py::test_revenue_reconciles_with_the_ledger_on_every_basis",
        ),
        "Marks of data centres; caps a visitor.",
    ),
    Threat(
        "Bombs in bodies",
        "A small file that unpacks to a large one, depth, huge numbers.",
        "Unpacking stops at the limit of a body; depth and numbers are bounded; one bad event harms no other.",
        ("analytics.ingest.doors.reading:decompress", "zuka.platform.http:PatientJSONParser"),
        (
            "tests/ingest/test_hostile.py::test_a_hostile_body_is_one_rejected_event",
            "tests/ingest/test_hostile.py::test_no_bytes_at_any_door_are_an_error_of_ours",
            "tests/ingest/test_rejections.py::test_extreme_values_are_rejected_and_harm_no_other",
            "tests/ingest/test_door_limits.py::test_a_context_that_is_too_deep_to_walk_is_a_rejection",
        ),
    ),
    Threat(
        "The operator's figures in strangers' hands",
        "Metrics, error reports, traces and records of requests tell of routes, load and who asked.",
        "Metrics need a token, or a program on this machine; errors leave as kinds and lines of code, traces without "
        "values, addresses and people; requests are kept by route, never by address, and who asked is shown to those "
        "who may see people.",
        (
            "zuka.platform.metrics.serving:may_read",
            "zuka.platform.error_reports.describing:exception_of",
            "zuka.platform.tracing.statements:text_of",
            "zuka.platform.usage.middleware:endpoint_of",
        ),
        (
            "tests/platform/test_metrics.py::test_metrics_are_for_who_has_the_token_or_is_on_this_machine",
            "tests/platform/test_error_reports.py::test_an_error_is_reported_once_a_minute_without_what_people_brought",
            "tests/journeys/test_traces.py::test_a_request_is_one_trace_with_its_statements_and_its_task",
            "tests/platform/test_tracing.py::test_errors_of_statements_calls_and_tasks_are_told_by_their_kind",
            "tests/report/test_api_usage.py::test_who_asked_is_shown_to_those_who_may_see_people_alone",
        ),
    ),
    Threat(
        "Personal data in logs and events",
        "E-mails, phones, cards and tokens in properties, searches and addresses.",
        "Events are cleaned before they are kept, also those that are rejected; logs hold ids.",
        ("analytics.ingest.redaction:redact_value", "zuka.platform.logs:drop_personal_data"),
        (
            "tests/ingest/test_privacy.py::test_personal_data_is_replaced_by_what_it_was",
            "tests/ingest/test_kept_payloads.py::test_a_rejected_event_is_kept_without_personal_data_and_replayed_exactly",
            "tests/ingest/test_cards.py::test_a_card_is_hidden_whatever_stands_beside_it",
            "tests/platform/test_http.py::test_logs_hide_personal_data",
            "tests/platform/sms/test_sending.py::test_phones_in_the_providers_words_are_not_logged",
        ),
        "Files of reports without personal data unless permitted, and a record of who took them.",
    ),
    Threat(
        "Somebody else's order",
        "The number of an order in the address.",
        "Its owner's sign-in or its signed token; to everybody else there is no such order.",
        ("commerce.orders.services.reading:find_order", "commerce.orders.services.reading:access_token"),
        (
            "tests/commerce/orders/test_orders_api.py::test_an_order_is_hidden_from_everyone_else",
            "tests/commerce/orders/test_claiming.py::test_an_order_of_somebody_else_is_never_claimed",
        ),
    ),
    Threat(
        "Insiders",
        "Changing a paid order, its money or the stock; giving oneself rights.",
        "Facts are read-only and move by steps that write who did it; stock has a history that is only added to; "
        "rights come by role.",
        ("commerce.orders.services.timeline:write_event", "commerce.catalog.models:StockMovement", "zuka.roles:ROLES"),
        (
            "tests/commerce/test_back_office.py::test_the_order_page_cannot_change_facts",
            "tests/commerce/test_back_office.py::test_the_ledger_takes_no_rows_by_hand",
            "tests/commerce/test_back_office.py::test_staff_cannot_raise_their_own_rights",
            "tests/commerce/catalog/test_stock_movements.py::test_history_can_only_be_added_to",
        ),
        "The audit of every write with before and after; a record of exports.",
    ),
    Threat(
        "SQL in questions to reports",
        "Parameters of reports and pages.",
        "Parameters are read as their kind or among choices, SQL stands in files, values are bound. The builder's "
        "statement is made of declared fragments and names alone.",
        ("analytics.report.query:parse_query", "analytics.store.composing:compose"),
        (
            "tests/report/test_reports.py::test_a_parameter_that_cannot_be_read_is_named",
            "tests/report/test_pages.py::test_a_bad_parameter_is_named",
            "tests/report/test_builder.py::test_what_cannot_be_answered_truly_is_refused_with_the_reason",
            "tests/report/test_builder.py::test_a_filter_is_a_value_whatever_stands_in_it",
            "tests/platform/test_api_fuzz.py::test_no_call_that_the_schema_allows_is_an_error_of_ours",
        ),
        "A database role of its own for reports.",
    ),
    Threat(
        "Figures of another brand",
        "A brand's own staff open pages, files and calls, or the links between them.",
        "Whose rows are seen is part of every query and bound in the SQL; what cannot be cut by brand is refused. "
        "Roles give a brand's staff nothing more.",
        ("analytics.report.scope:scope_of", "analytics.checks:check_brand_scope", "commerce.accounts.models:User"),
        (
            "tests/report/test_brand_scope.py::test_every_surface_shows_the_own_rows_or_refuses",
            "tests/report/test_brand_scope.py::test_the_brands_of_a_report_add_up_to_the_shop",
            "tests/report/test_brand_scope.py::test_other_roles_give_a_brand_s_staff_nothing_more",
            "tests/report/test_builder.py::test_a_brand_s_staff_build_on_their_rows_alone",
        ),
    ),
    Threat(
        "Stolen sessions of staff",
        "A cookie or a password of the back office.",
        "A second step, which a role can need; guesses counted exactly by account and address; tokens of customers "
        "open nothing there; browsers are ended at once, a new one is told by mail. Who is away is signed out; "
        "refunds, roles and people's data ask again who it is.",
        (
            "commerce.accounts.adapter.factors:OfficeSignIn",
            "zuka.platform.staff.proving:ProvedForm",
            "zuka.platform.admin.idle:IdleMiddleware",
            "zuka.platform.staff.locking:take_attempt",
            "zuka.platform.staff.requests:StaffMiddleware",
        ),
        (
            f"{STEP}::test_staff_with_an_app_need_its_code_in_the_back_office",
            f"{STEP}::test_guesses_at_the_back_office_are_counted_with_those_of_the_shop",
            "tests/commerce/accounts/test_sign_in.py::test_a_token_is_no_cookie_of_the_back_office",
            f"{SESSIONS}::test_the_key_of_a_session_is_another_after_the_sign_in",
            f"{SESSIONS}::test_who_was_away_signs_in_again_and_is_back_where_they_were",
            f"{SESSIONS}::test_a_refund_later_asks_for_the_password_and_keeps_what_was_filled_in",
            f"{SESSIONS}::test_a_change_of_roles_waits_for_the_proof_and_is_then_done",
            f"{SECURITY}::test_of_many_guesses_at_once_no_more_are_looked_at_than_allowed",
            f"{SECURITY}::test_a_role_that_needs_it_opens_nothing_before",
            f"{SECURITY}::test_browsers_are_listed_and_ended_at_once",
        ),
    ),
    Threat(
        "Staff who cover what they did",
        "Changes in the back office by actions on many rows, by cascade, or of the log itself.",
        "Triggers of the database write what differs in the transaction that changes it, and refuse to change, delete "
        "or empty the log. What names people can be scrubbed, once and whole.",
        ("zuka.platform.audit.syncing:sync_audit", "zuka.platform.audit.context:Telling"),
        (
            f"{LOG}::test_the_database_refuses_to_change_delete_or_empty_the_log",
            f"{LOG}::test_rows_that_go_with_others_leave_entries_too",
            f"{LOG}::test_who_writes_is_known_in_each_thread_alone_and_ends_with_the_request",
        ),
        "A database role of its own for the web: the owner of the tables could take the triggers away.",
    ),
    Threat(
        "Pets that are talked into things",
        "Product text, reviews or chat that hold orders for a language model: free discounts, other people's orders.",
        "Brains have no hands: tools act as the signed-in person by the shop's services, with typed arguments; what "
        "changes something waits for a yes with the question's signed token, done once. No tool sets a price or makes "
        "a code. Links are cut from a model's words; its cost is bounded a person and day.",
        ("pets.acting:confirm_action", "pets.tools:TOOLS", "pets.tools.orders:own_order", "pets.spending:has_budget"),
        (
            f"{PETS}/test_injection.py::test_no_discount_comes_of_words",
            f"{PETS}/test_injection.py::test_other_people_s_orders_stay_theirs",
            f"{PETS}/test_injection.py::test_there_are_no_hidden_tools",
            f"{PETS}/test_injection.py::test_nothing_is_done_on_a_yes_that_product_text_says",
            f"{PETS}/test_llm.py::test_what_changes_something_is_asked_and_the_model_cannot_say_yes",
            f"{PETS}/test_llm.py::test_what_it_costs_is_counted_and_beyond_the_budget_rules_think",
            f"{PETS}/test_consent.py::test_of_many_who_confirm_at_once_one_acts",
            f"{PETS}/test_consent.py::test_only_its_own_token_and_its_own_person_confirm_it",
        ),
    ),
)
