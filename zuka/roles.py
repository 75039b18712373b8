"""What the shop's staff may do: seven roles, and one row for each kind of page.

A new table of the back office needs a row here; a test says so. Shops that want another cut make a role of their own.
"""

from __future__ import annotations

from zuka.platform.admin.roles import Right, Role, RoleTable

OWNER = Role("Owner", "Runs the shop: everything, and who is staff.")
OPERATIONS = Role("Operations", "Packs and ships: orders, stock, the catalogue, delivery.")
SUPPORT = Role("Support", "Answers customers: their orders, accounts, reviews and mails. Gives no money back.")
MARKETING = Role("Marketing", "Brings people in: reports, coupons, reviews, the catalogue's words. Sees no customers.")
ANALYST = Role("Analyst", "Reads reports, and how they are made. Sees no customers and no orders.")
FINANCE = Role("Finance", "Payments, refunds, and what was sold.")
BRAND = Role("Brand staff", "Work for a brand that the shop sells: reports on their brand's products, nothing else.")

ROLES = RoleTable(
    roles=(OWNER, OPERATIONS, SUPPORT, MARKETING, ANALYST, FINANCE, BRAND),
    rights=(
        # Brand staff have no letter: no table of the back office is cut by brand.
        #      own  ops  sup  mar  ana fin
        Right("vc   vc   vc   -    -   v ", ("commerce.order",)),
        Right("v    v    v    -    -   - ", ("commerce.cart", "commerce.notification")),
        Right("vc   vc   v    -    -   v ", ("commerce.shipment",)),
        Right("vc   vc   vc   -    -   v ", ("commerce.return",)),
        Right("vacd v    v    -    -   vac", ("commerce.taxrate",)),
        Right("vac  vac  -    -    -   - ", ("commerce.productimport",)),
        Right("vacd vacd v    -    -   v ", ("commerce.shippingzone", "commerce.shippingrate")),
        Right("vacd vac  v    vc   v   v ", ("commerce.product", "commerce.category", "commerce.brand")),
        Right("vacd -    -    -    -   - ", ("commerce.brandmember",)),
        Right("vacd vacd v    v    v   v ", ("commerce.productvariant",)),
        Right("vacd vacd v    vac  v   v ", ("commerce.productimage",)),
        Right("vcd  v    vc   vc   v   - ", ("commerce.productreview",)),
        Right("vacd v    v    vac  -   v ", ("commerce.coupon",)),
        Right("v    -    v    -    -   v ", ("commerce.pointsentry", "commerce.userreward")),
        Right("va   -    va   -    -   va", ("commerce.pointsadjustment",)),
        Right("vacd -    v    vac  -   v ", ("commerce.reward",)),
        Right("vc   -    vc   -    -   - ", ("commerce.referral",)),
        Right("v    -    v    -    -   - ", ("commerce.gameplay",)),
        Right("vacd -    v    vac  v   v ", ("commerce.plan",)),
        Right("vc   -    vc   -    -   vc", ("commerce.subscription",)),
        Right("v    -    v    -    -   v ", ("commerce.subscriptioninvoice", "commerce.subscriptionrefund")),
        Right("vac  v    vc   -    -   v ", ("commerce.user",)),
        Right("v    -    v    -    -   - ", ("commerce.devicesession", "commerce.provideridentity")),
        Right("vc   v    v    -    -   vc", ("commerce.payment",)),
        Right("vac  v    v    -    -   vac", ("commerce.refund",)),
        Right("vc   -    -    -    -   vc", ("commerce.webhookdelivery",)),
        Right("vac  -    -    -    -   vac", ("commerce.paymentcomparison", "commerce.difference")),
        Right("v    -    v    -    -   - ", ("pets.userpet", "pets.petconversation")),
        Right("v    -    v    -    -   - ", ("pets.petmessage", "pets.petaction")),
        Right("vacd -    -    -    -   - ", ("auth.group",)),
        Right("v    v    -    -    v   - ", ("platform.backuprun",)),
        Right("v    -    -    -    -   - ", ("platform.auditentry", "platform.staffsignin")),
        Right("vc   -    -    -    -   - ", ("platform.staffsession",)),
        Right("vd   -    -    -    -   - ", ("platform.signinlock",)),
        Right("vacd -    -    -    -   - ", ("platform.rolerule",)),
        Right("vc   v    vc   -    -   - ", ("platform.outgoingmail",)),
        Right("vacd -    vac  v    -   - ", ("platform.suppression",)),
        Right("va   -    -    -    -   - ", ("platform.dataexport", "platform.erasurerequest")),
        Right("vacd -    -    v    v   - ", ("platform.apikey", "platform.sourcealias")),
        Right("va   -    -    -    -   - ", ("platform.settingchange",)),
        Right("vacd -    -    vacd v   - ", ("platform.featureflag",)),
        Right("vacd -    -    -    v   - ", ("platform.ratelimitrule",)),
        Right("v    v    -    -    v   - ", ("platform.tablesize",)),
        Right("vc   v    -    -    v   - ", ("django_celery_beat.periodictask",)),
        Right("vc   -    -    -    vc  - ", ("analytics.rejectedevent",)),
        Right("vc   -    -    v    vc  - ", ("analytics.ingestalert",)),
        Right("vacd vacd -    vacd vacd vacd", ("analytics.savedreport",)),
        Right("vacd vacd -    vacd vacd vacd", ("analytics.segment", "analytics.annotation")),
        Right("vacd v    -    vacd vacd v ", ("analytics.alert",)),
        Right("v    v    -    v    v   v ", ("analytics.alertfiring",)),
        Right("vc   vc   -    vc   vc  vc", ("analytics.exportjob",)),
        Right("vacd v    -    vacd vac vac", ("analytics.reportsubscription", "analytics.reportrecipient")),
        Right("v    v    -    v    v   v ", ("analytics.reportdelivery",)),
        Right("vac  -    -    vac  v   vac", ("analytics.spendimport",)),
        Right("v    -    -    v    v   v ", ("analytics.campaignspend",)),
        Right("vac  -    -    -    -   - ", ("analytics.historyimport",)),
        Right("vc   -    -    -    v   - ", ("analytics.archivedmonth",)),
        Right("v    -    -    -    v   - ", ("analytics.dirtyday", "analytics.fillstate", "analytics.refreshrun")),
        Right("v    -    -    -    v   - ", ("analytics.compactedperiod",)),
    ),
    extra={
        "analytics.view_report": (OWNER, OPERATIONS, MARKETING, ANALYST, FINANCE),
        "analytics.view_brand_report": (BRAND,),
    },
)
