"""What threatens plans that renew: their price, and money that is taken without somebody there."""

from __future__ import annotations

from zuka.threats.rows import Threat

PLANS = "tests/commerce/subscriptions"

SUBSCRIPTIONS: tuple[Threat, ...] = (
    Threat(
        "Charging a plan twice, or for nothing",
        "Two workers, one that died, messages sent again, a pooler's other connection, a page beside the card.",
        "A try is a row under a reference of its own before it is asked for, asked about before it is made again, by "
        "who holds the lease, and not made when its invoice is not owed; refunds are matched with the list once each.",
        (
            "commerce.subscriptions.services.asking:settle_charge",
            "commerce.payments.services.leases:leased",
            "commerce.subscriptions.services.matching:claim_listed",
        ),
        (
            f"{PLANS}/test_exactly_once.py::test_workers_at_once_charge_each_subscription_once",
            f"{PLANS}/test_exactly_once.py::test_a_process_killed_between_asking_and_applying",
            f"{PLANS}/test_no_longer_owed.py::test_what_was_paid_on_a_page_meanwhile",
            f"{PLANS}/test_renewing.py::test_who_is_suspended_is_charged_no_more",
            f"{PLANS}/test_listed_refunds.py::test_of_two_with_one_amount_each_is_one_of_the_list",
            "tests/commerce/payments/test_leases.py::test_one_of_many_connections_at_once",
            "tests/commerce/payments/test_leases.py::test_it_holds_while_its_connection_serves_others",
        ),
    ),
    Threat(
        "A plan without its price",
        "A trial again, or changed into a dearer one; a smaller payment; credit for what went back; test money.",
        "One trial a customer, of no more than it began with; what comes in is compared with the invoice; money on "
        "its way back is no credit; a price that was shown holds for 15 minutes.",
        (
            "commerce.subscriptions.services.proration:plan_change",
            "commerce.subscriptions.services.settling:attention_for",
        ),
        (
            f"{PLANS}/test_changing.py::test_a_trial_is_of_no_more_than_it_began_with",
            f"{PLANS}/test_changing.py::test_the_price_that_was_shown_holds_for_a_while",
            f"{PLANS}/test_changing.py::test_what_was_refunded_or_is_on_its_way_is_no_credit",
            f"{PLANS}/test_beginning.py::test_a_trial_needs_no_card_and_comes_once",
            f"{PLANS}/test_beginning.py::test_other_money_than_asked_begins_nothing",
            f"{PLANS}/test_beginning.py::test_test_money_is_no_revenue_and_begins_nothing_in_earnest",
        ),
    ),
)
