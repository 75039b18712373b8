"""The shop's pages of the docs, made from what the code declares."""

from __future__ import annotations

import inspect

from commerce.cart.services.quoting import QUOTES_OF_ONE
from commerce.catalog.services.sheets.columns import COLUMNS
from commerce.orders.models import EventKind
from commerce.orders.states import MACHINES
from commerce.payments.gateways import GATEWAYS
from commerce.payments.models import Attention, DifferenceKind, Provider
from commerce.promotions.models import CouponKind
from commerce.promotions.services import MOST_CODES, TURNS, CouponRefused
from commerce.promotions.services.finding import GUESSES_OF_ADDRESS, GUESSES_OF_ONE
from commerce.rewards.services import GAMES, LEVELS, RULES
from commerce.subscriptions.models import ChargeAttention, Happening, SubscriptionStatus
from zuka.platform.config import SETTINGS
from zuka.platform.documents import add_document, markdown_table, page
from zuka.platform.sheets import MOST_BYTES, MOST_ROWS
from zuka.platform.subscription_settings import GROUP as SUBSCRIPTIONS

KEYS = {
    Provider.PAYSTACK: "Settings, API Keys & Webhooks: the live secret key",
    Provider.FLUTTERWAVE: "Settings, API Keys: the secret key; Settings, Webhooks: a secret hash of your own",
}
TO_DO = {
    Attention.UNDERPAID: "The order is partly paid; the customer can pay the rest on its page, or refund it.",
    Attention.OVERPAID: "The order is paid. Refund what is too much.",
    Attention.ORDER_CLOSED: "The money is in the ledger, the order stays closed. Refund it, or let them order again.",
    Attention.WRONG_CURRENCY: "It paid for nothing. Refund it.",
    Attention.REFUNDED_TWICE: "Compare its refunds with those on the provider's page, and settle the rest with them.",
    Attention.DIFFERS: "Look at the difference on its page; it goes once the daily comparison agrees.",
    Attention.TEST_MONEY: "No money moved. Use the live keys, or PAYMENTS_TEST_MODE on a trial shop.",
}

ABOUT = {
    DifferenceKind.UNKNOWN_MONEY: "Find out on the provider's page whose it is. Refund it there, or note what it was.",
    DifferenceKind.NOT_TAKEN: "Open the payment: its failure says why. Ask the provider again, or refund it there.",
    DifferenceKind.NOT_LISTED: "Who recorded it as paid? Without money at the provider the order is not paid.",
    DifferenceKind.AMOUNT: "What came in is what the provider says. Refund or ask for the rest.",
    DifferenceKind.CURRENCY: "As above, in the currency that the provider says.",
    DifferenceKind.TEST_MONEY: "No money moved: the order is not paid.",
    DifferenceKind.UNKNOWN_REFUND: "Look on the provider's page who sent it, and of what.",
    DifferenceKind.REFUND_NOT_LISTED: "The customer has no money yet. Refund it on the provider's page.",
    DifferenceKind.REFUND_AMOUNT: "What went back is what the provider says.",
}


STATUS_WORDS = {
    SubscriptionStatus.TRIALING: "It gives all that the plan does, and costs nothing until the trial is over.",
    SubscriptionStatus.ACTIVE: "Its period is paid.",
    SubscriptionStatus.PAST_DUE: "Its period has begun and is not paid; the plan still gives what it does.",
    SubscriptionStatus.UNPAID: "Its first payment was never made, or the last try to charge it has failed: it is over.",
    SubscriptionStatus.CANCELED: "Its customer, or staff, have ended it, and it is over.",
}
ATTENTION_WORDS = {
    ChargeAttention.NOT_OWED: "The plan had ended or changed, or was paid by another charge. Refund it.",
    ChargeAttention.WRONG_AMOUNT: "The invoice is still owed. Refund it.",
    ChargeAttention.WRONG_CURRENCY: "The invoice is still owed. Refund it.",
}


def providers_table() -> str:
    """Return where each provider's keys are found, and where its webhooks go."""
    rows = (
        (Provider(name).label, KEYS[Provider(name)], f"`https://your-shop.example/webhooks/{name}/`")
        for name in GATEWAYS
    )
    return markdown_table(("Provider", "In its dashboard", "Webhook address"), rows)


def settings_table() -> str:
    """Return the settings of payments."""
    rows = ((f"`{each.name}`", f"`{each.default}`", each.text) for each in SETTINGS if each.group == "Payments")
    return markdown_table(("Setting", "Default", ""), rows)


def attention_table() -> str:
    """Return what staff do about each reason to look at a payment."""
    return markdown_table(("Needs attention", "What to do"), ((each.label, TO_DO[each]) for each in Attention))


def differences_table() -> str:
    """Return what staff do about each way in which the ledger and a provider differ."""
    return markdown_table(("Difference", "What to do"), ((each.label, ABOUT[each]) for each in DifferenceKind))


def moves_table() -> str:
    """Return the states of an order's money, and where each may go."""
    moves = MACHINES[EventKind.PAYMENT].moves
    words = ((state, ", ".join(sorted(after)) or "nowhere") for state, after in moves.items())
    rows = ((first.replace("_", " "), then.replace("_", " ")) for first, then in words)
    return markdown_table(("An order that is", "may become"), rows)


def payments_page() -> str:
    """Return the page about paying."""
    return page(
        "Payments",
        "Customers pay the courier in cash, or online with each provider that the shop has keys for. Nothing else is "
        "to be set: the checkout offers what `GET /api/v1/payment-methods/` lists.",
        providers_table(),
        settings_table(),
        "## How a payment goes",
        "The order is placed and its pieces are held. `POST /api/v1/orders/{number}/payments/` begins a payment of "
        "what is due and returns the provider's page. What became of it comes by its webhook, by the customer's way "
        "back, by staff who ask again, or by a job that asks every five minutes after what nobody told us of. All of "
        "them ask the provider first and then apply its answer under the order's lock, so it counts once. An order "
        "that is not paid within `ORDER_HOLD_MINUTES` expires, and its pieces can be sold again.",
        "## What staff look at",
        "Payments that did what they should not are in the back office under Payments, filter “needs attention”. Their "
        "money is in the ledger whatever became of the order.",
        attention_table(),
        "Refunds are made on the payment's page. A refund is kept before the provider is asked, so that two people "
        "cannot send the same money twice; when the provider does not answer it stays pending, since it may have "
        "happened, and its message settles it.",
        "With `REFUND_FOUR_EYES` set, a refund is only asked for when more than that would go back of its order, all "
        "refunds of the order together. It holds its amount, those who may refund get a mail, and one of them approves "
        "or declines it on the refund's page, with a reason that the order's timeline keeps. Nobody approves their "
        "own; withdrawing it they may. Money that leaves on the provider's own page is recorded as it is; what was "
        "asked for before can then only be declined, and asked for again. What staff alone say has "
        "failed still counts.",
        "## The daily comparison",
        "An hour after each day of the shop is over, a job asks every provider with keys for its list of that day, to "
        "the last page, and compares each payment and each refund with the ledger: amount, currency, and whether the "
        "keys were those of trials. Money and refunds that nobody had told us of are taken into the ledger as by their "
        "webhook; what we say was paid and the list has not is asked after one by one. What still differs is in the "
        "back office under Payments, Differences, and on its payment, which then needs attention; staff who may refund "
        "get one mail. It is resolved by itself once a later comparison agrees, or by staff with a note.",
        differences_table(),
        "The sums of both sides are under Payments, Comparison; their difference is that of the differences below "
        "them. A provider that is away is asked again each hour, days that differ or whose refunds are under way "
        "once a day, for two weeks. Staff can have any day compared, as can "
        "`manage.py compare_payments --day 2026-11-20`.",
        "## States",
        moves_table(),
    )


def imports_page() -> str:
    """Return the page about sheets of products."""
    rows = ((f"`{each.name}`", each.of.value, "new ones" if each.needed else "", each.text) for each in COLUMNS)
    return page(
        "Sheets of products",
        "Products are exported as CSV or XLSX as their list is filtered (Products, Export), and imported under "
        "Catalogue, Imports: one row a variant, the columns of its product repeated or left empty. Products and "
        "variants are found by their SKU; what is there is changed, what is not is made.",
        markdown_table(("Column", "Of", "Needed by", ""), rows),
        "A column that is left out stays as it is; an empty cell empties what may be empty. A worker checks the file "
        "and shows each mistake by row and column, and what would change, before and after. Nothing is written until "
        "staff say so, and then all of it at once or nothing. A file with mistakes is imported only where rows with a "
        "mistake may be left out. The stock of variants that exist is set only where that was asked for; it becomes a "
        "movement in their history. What was exported changes nothing when it is imported.",
        f"A file has up to {MOST_ROWS:,} rows and {MOST_BYTES // 1024**2} MB. Text that a spreadsheet would run as a "
        "formula has a `'` before it, which the import takes away again. Galleries and dimensions are not in sheets.",
    )


TURN_WORDS = {
    CouponKind.PERCENTAGE: "A share of what is left of the goods that it is for, half a kobo rounded up.",
    CouponKind.FIXED: "Its amount, up to what is left of the goods that it is for.",
    CouponKind.FREE_SHIPPING: "What delivery costs. One code an order does that.",
}


def coupons_page() -> str:
    """Return the page about coupons."""
    turns = ((str(at), each.label, TURN_WORDS[each]) for at, each in enumerate(TURNS, start=1))
    refusals = sorted(CouponRefused.__subclasses__(), key=lambda each: each.code)
    rows = ((f"`{each.code}`", str(each.status), inspect.getdoc(each) or "") for each in refusals)
    of_one, of_address = GUESSES_OF_ONE, GUESSES_OF_ADDRESS
    return page(
        "Coupons",
        f"An order takes up to {MOST_CODES} codes. Staff say of each coupon whether it may be used “with other codes”; "
        "one that may not is alone on its order. Codes are sent as `coupon_codes` with `POST /api/v1/checkout/` and "
        "`POST /api/v1/orders/`; `coupon_code` goes on to take one. Answers list `coupons`, each with its discount, "
        "and name the first of them as `coupon_code`.",
        "## What comes off first",
        "However codes are typed, they come off in this turn, each from what those before have left. As a rule that is "
        "the most for customers, and each code gives what it says of the prices that are shown. Of one kind, the code "
        "for the fewest of the goods, by worth, comes first, then the older one. What must be spent is asked of full "
        "prices.",
        markdown_table(("Turn", "Takes off", "How much"), turns),
        "Each discount is spread over its goods in proportion to what is left of them, to the kobo, so that what comes "
        "back later is worth what was paid for it. Uses are counted a coupon and order, with what each took off, and "
        "given back once when the order is cancelled or expires.",
        "## Refusals",
        "An answer is about one code: `field` is `coupon_code` where one was sent, else `coupon_codes.0` and the like, "
        "and the message names the code.",
        markdown_table(("Code", "Status", "Why"), rows),
        "## Guessing",
        "A code that is unknown, switched off, not valid yet, over or used up has one answer, `coupon_unknown`, and "
        f"counts as a guess: {of_one.most} an hour for an account or a cart, {of_address.most} an hour for a network "
        "address (of IPv6 a /64), then 429 with `Retry-After`. Right codes are not counted. Who had a code accepted "
        "within a day is told the true reason when it is over, and keeps using it while the address has no guesses "
        "left. Servers with a secret key are not limited. A cart is quoted "
        f"{QUOTES_OF_ONE.most} times in {QUOTES_OF_ONE.seconds} seconds.",
    )


ADD_A_GAME = """
1. Write `commerce/rewards/services/games/<name>.py` with one `Game`: title and words, how it is dealt and shown, and a
   `judge` that returns the score of a result or raises `Implausible` with the reason that staff will read. What can be
   decided by the shop is: cards are dealt and turned again, questions are asked without their answers, the wheel is
   drawn. Where only the player's browser knows, say what is possible in a second.
2. Name it in `GAMES` in `games/__init__.py`. The API, this page, leaderboards, filters and reports come from there.
3. Let the client begin a play (`POST /api/v1/games/<name>/plays/`), and post its one result with the token of the
   play. A result of another form needs its field in `GameResultSerializer`, with an example in `zuka/examples.py`.
"""
ADD_A_RULE = """
1. Name it in `RULES` in `commerce/rewards/services/rules.py`: title, words, points and XP, and the most a day.
2. Call `earn_points` beside its cause, in the same transaction, with a `source_id` that names the cause: the same
   cause earns once, however often it is told. Rooms above rewards call it; those below cannot.
3. Where the cause can be taken back, call `take_back_points` with a kind of its own that does not `earns`.
"""


def rewards_page() -> str:
    """Return the page about points, levels, friends and games."""
    rules = (
        (f"`{each.name}`", each.title, each.text, str(each.points or ""), str(each.xp or "")) for each in RULES.values()
    )
    levels = ((each.title, f"{each.xp:,}") for each in LEVELS)
    games = (
        (
            f"`{each.name}`",
            each.title,
            f"{each.points_of(each.max_score)}",
            str(each.plays_a_day),
            f"{each.max_score:,}",
        )
        for each in GAMES.values()
    )
    settings = ((f"`{each.name}`", f"`{each.default}`", each.text) for each in SETTINGS if each.group == "Rewards")
    return page(
        "Points, friends and games",
        "Customers earn points and XP, spend points at checkout or on rewards, and climb levels by XP. Every change is "
        "a row that the database lets nobody change or delete; balances are caches of it, compared each night.",
        markdown_table(("Setting", "Default", ""), settings),
        "## For what points come and go",
        markdown_table(("Kind", "Called", "When", "Points", "XP"), rules),
        "An order earns when nothing of it can be sent back any more (RETURN_DAYS after its delivery), and no return "
        "is under way: points are then never spent before the shop may keep the money. Money that goes back later "
        "takes its points along, as far as they are still there. Points lapse in the order in which they came due; "
        "those that come back from an order lapse when they would have, but not within 30 days. That is "
        "given to them once.",
        "## At checkout",
        "`points` of `POST /api/v1/checkout/` and `POST /api/v1/orders/` pay for goods after coupons, up to "
        "POINTS_MOST_PERCENT of them, and not for delivery or tax on top. They are part of the order's `discount`, "
        "spread over its lines to the kobo, so refunds and reports add up; goods that are cancelled, refused or sent "
        "back bring their points back.",
        "## Rewards",
        "What customers take for points is a coupon code that is good for one order, within the days that its reward "
        "says. It is not bound to whoever took it: it can be given away, and who finds it can use it.",
        "## Levels",
        markdown_table(("Level", "From XP"), levels),
        "## Games",
        markdown_table(("Game", "Called", "Most points", "Plays a day", "Highest score"), games),
        "The shop begins each play with a signed token that is good for one result, and judges what comes back: too "
        "quick, too late, too much or impossible is refused, kept with its reason, and shown to staff under Plays. "
        "Leaderboards count the best score of each player by day and week (of the shop's time zone) and of all time; "
        "who was first is ahead. Others see a nickname or initials.",
        "## Friends",
        "Who comes by a customer's link and signs up has 30 days to say so. Both get points when the first order after "
        "that of at least REFERRAL_LEAST_KOBO is paid and kept. Where "
        "both share an address, a phone or a device, or more friends came within 30 days "
        "than REFERRALS_MONTHLY, the referral waits for staff under Friends brought. Cards are not compared: what "
        "providers say of them is not kept.",
        "## To add a game",
        ADD_A_GAME.strip(),
        "## To add something that earns",
        ADD_A_RULE.strip(),
    )


def subscriptions_page() -> str:
    """Return the page about plans that renew."""
    settings = ((f"`{each.name}`", f"`{each.default}`", each.text) for each in SETTINGS if each.group == SUBSCRIPTIONS)
    statuses = ((f"`{each.value}`", STATUS_WORDS[each]) for each in SubscriptionStatus)
    happenings = ((f"`{each.value}`", each.label) for each in Happening)
    attention = ((each.label, ATTENTION_WORDS[each]) for each in ChargeAttention)
    return page(
        "Subscriptions",
        "Customers take a plan, by the month or by the year, and are charged when each period begins. Staff keep plans "
        "under Subscriptions, Plans: a level, a price, days of trial, and what it gives, which is delivery for "
        "nothing, more points for orders, and the tier of the customer's API keys. Who has a plan keeps the price of "
        "the day on which they took it.",
        "A plan moves those keys that have the tier the customer had until then; keys to which staff gave another keep "
        "it. A tier that staff gave and that is the same as the plan's goes by the plan: it ends when the plan does, "
        "and staff give it again.",
        markdown_table(("Setting", "Default", ""), settings),
        "## How it is charged",
        "The first payment is made on Paystack's or Flutterwave's own page. The provider then gives a code for that "
        "card, and with it the shop charges each period: both providers alike, by the shop's own calendar. No card's "
        "number is ever kept. At Paystack nothing need be set up; at Flutterwave ask for tokenised charges without "
        "3D Secure, whose tokens are good for a year: a customer whose card is declined pays on the page once more.",
        "A trial needs no card, and each customer has one. Three days before it ends they are written to; without a "
        "card it is tried and given up as below.",
        "The job `Renew subscriptions` runs every five minutes. A period is charged once, though two workers run, one "
        "is killed in the middle, or the provider's answer is lost: each try has a reference of its own that is "
        "written down before the provider is asked, and is asked after before anything is charged again.",
        "## States",
        markdown_table(("State", "Means"), statuses),
        "Money that does not come is tried again SUBSCRIPTION_RETRY_DAYS after the first try, with a mail each time; "
        "then the subscription is given up. A provider that does not answer is no failed try. Customers pay what is "
        "owed by another card at any time, and end a plan with its period: one that is past due ends at once.",
        "## Changing a plan",
        "More for the same period comes at once. The customer pays the new price for what is left of the period, less "
        "what they paid for it: both by the second and to the kobo, so that changes one after the other lose nothing. "
        "A year instead of a month, of the same level or a higher one, begins at once as a period of its own, less the "
        "credit for the rest. Everything else comes with the next period. What was refunded of a period is no credit.",
        "Tax is that of goods where the customer lives, in the price or on top.",
        "## What staff see",
        "Each subscription has a timeline with what every step changed of the monthly revenue, from which the report "
        "Subscriptions is made. Staff end it, take that back, or have the card charged now; refunds are made on the "
        "invoice's page by who may refund, up to REFUND_FOUR_EYES a charge; more goes back on the provider's "
        "page, whose message is recorded. A refund does not end a plan. Revenue of plans is not part of the revenue of "
        "orders.",
        markdown_table(("Step", "Called"), happenings),
        "Money that a subscription cannot take is kept and marked:",
        markdown_table(("Attention", "What to do"), attention),
    )


add_document("docs/subscriptions.md", subscriptions_page)
add_document("docs/rewards.md", rewards_page)
add_document("docs/payments.md", payments_page)
add_document("docs/coupons.md", coupons_page)
add_document("docs/imports.md", imports_page)
