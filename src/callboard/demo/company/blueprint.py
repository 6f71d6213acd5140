"""What the company is made of: its domains, systems, teams, people and software, written by hand."""

from __future__ import annotations

from typing import Final

COMPANY: Final = "Brightwater"
COMPANY_HOST: Final = "brightwater.example"
VCS_HOST: Final = "github.com"
VCS_ORGANISATION: Final = "brightwater-example"

DOMAINS: Final = {
    "commerce": "Everything a customer sees before paying",
    "payments": "Money in, money out",
    "logistics": "Boxes, vans and warehouses",
    "insights": "Data products and reports",
    "platform": "What the other teams build on",
}

TEAMS: Final = """
commerce|shopfront|Shopfront|1.0
commerce|checkout|Checkout|0.6
commerce|catalogue|Catalogue|1.4
payments|ledger|Ledger|0.5
payments|cards|Cards|0.7
logistics|routing|Routing|1.6
logistics|warehouse|Warehouse|2.6
insights|data-platform|Data Platform|1.2
insights|reporting|Reporting|2.0
platform|identity|Identity|0.6
platform|developer-experience|Developer Experience|0.9
"""
"""`domain | name | title | pace`, where pace is how long fixes take as a multiple of the usual."""

SYSTEMS: Final = """
commerce|storefront|shopfront|AWS
commerce|ordering|checkout|AWS
commerce|assortment|catalogue|AWS
payments|general-ledger|ledger|AWS
payments|card-processing|cards|AWS
logistics|delivery-planning|routing|Azure
logistics|warehousing|warehouse|Azure
insights|data-lake|data-platform|GCP
insights|business-reports|reporting|GCP
platform|accounts|identity|AWS
platform|developer-portal|developer-experience|AWS
"""
"""`domain | system | team | cloud`."""

COMPONENTS: Final = """
storefront|npm|website|storefront-web|Shop pages that customers browse
storefront|npm|service|storefront-gateway|Joins the answers of other services for the shop pages
storefront|maven|service|search-api|Finds products by words and filters
storefront|pypi|service|recommendations|Suggests what else to buy
storefront|npm|library|design-kit|Buttons, forms and colours of all pages
ordering|go|service|cart|Keeps the basket until it is paid
ordering|maven|service|checkout-api|Takes an order from basket to payment
ordering|maven|service|promotions|Computes discounts and vouchers
ordering|nuget|service|tax-calculator|Computes value added tax by country
ordering|maven|service|order-history|Shows past orders
assortment|maven|service|product-catalogue|The list of everything that is sold
assortment|pypi|service|price-feed|Imports prices from suppliers
assortment|npm|website|assortment-desk|Pages for the buyers' daily work
assortment|gem|service|supplier-portal|Where suppliers upload their lists
general-ledger|maven|service|ledger-core|Books every amount twice
general-ledger|maven|service|payouts|Pays suppliers and refunds
general-ledger|nuget|service|invoice-printer|Makes invoices as documents
general-ledger|pypi|service|reconciliation|Compares our books with the bank's
card-processing|go|service|card-vault|Keeps card numbers as tokens
card-processing|go|service|payment-router|Chooses the acquirer for a payment
card-processing|maven|service|fraud-scoring|Judges how likely a payment is fraud
card-processing|npm|service|payment-page|The form where card numbers are typed
delivery-planning|go|service|route-planner|Plans vans and stops for the day
delivery-planning|npm|website|driver-app|What drivers see on their phones
delivery-planning|pypi|service|eta-model|Estimates arrival times
delivery-planning|nuget|service|carrier-bridge|Talks to outside carriers
warehousing|nuget|service|stock-keeper|Counts what lies where
warehousing|nuget|website|picking-screens|Screens of the people who pack
warehousing|maven|service|returns|Handles what comes back
warehousing|gem|service|label-printer|Prints parcel labels
data-lake|pypi|service|event-collector|Receives events from all services
data-lake|pypi|service|nightly-jobs|Builds tables from events
data-lake|go|service|schema-registry|Knows the shape of every event
data-lake|pypi|library|dataframe-kit|Shared code of the notebooks
business-reports|npm|website|report-viewer|Charts for everyone
business-reports|pypi|service|report-mailer|Sends reports on Monday mornings
business-reports|maven|service|metrics-api|Numbers by day and shop
accounts|go|service|sign-in|Signs people and services in
accounts|maven|service|customer-profile|Names, addresses and consents
accounts|npm|website|account-pages|Where customers change their data
accounts|go|service|permission-service|Answers who may do what
developer-portal|npm|website|developer-portal|The portal where this is read
developer-portal|go|service|build-farm|Runs pipelines
developer-portal|go|service|artifact-store|Keeps images and packages
developer-portal|pypi|service|release-notes|Writes what changed
developer-portal|go|library|service-template|What a new service starts from
"""
"""`system | ecosystem | type | name | what it does`."""

MORE_SUBJECTS: Final = [
    "address",
    "basket",
    "booking",
    "budget",
    "campaign",
    "claim",
    "coupon",
    "courier",
    "currency",
    "dispute",
    "document",
    "export",
    "feature",
    "feed",
    "gift",
    "import",
    "inbox",
    "insurance",
    "inventory",
    "label",
    "locale",
    "loyalty",
    "mail",
    "meter",
    "notice",
    "offer",
    "parcel",
    "partner",
    "permit",
    "photo",
    "pickup",
    "policy",
    "pricing",
    "query",
    "queue",
    "quote",
    "rating",
    "refund",
    "region",
    "rental",
    "report",
    "review",
    "sample",
    "schedule",
    "session",
    "settlement",
    "shift",
    "survey",
    "ticket",
    "transfer",
    "voucher",
]
MORE_ROLES: Final = ("api", "worker", "service", "sync", "jobs", "gateway", "admin", "store")
"""Larger companies get `<subject>-<role>` components from these."""

FIRST_NAMES: Final = [
    "Ada",
    "Amir",
    "Anja",
    "Bela",
    "Bruno",
    "Carla",
    "Chidi",
    "Dana",
    "Dario",
    "Elif",
    "Emil",
    "Esra",
    "Farah",
    "Finn",
    "Greta",
    "Hana",
    "Hugo",
    "Ines",
    "Ivo",
    "Jana",
    "Jonas",
    "Kaya",
    "Kofi",
    "Lena",
    "Leo",
    "Lin",
    "Mara",
    "Mats",
    "Mina",
    "Nadia",
    "Noor",
    "Olga",
    "Omar",
    "Pia",
    "Priya",
    "Quinn",
    "Rafa",
    "Rosa",
    "Sami",
    "Selma",
    "Tarek",
    "Tess",
    "Uma",
    "Vera",
    "Viktor",
    "Wen",
    "Yara",
    "Yusuf",
    "Zoe",
]
LAST_NAMES: Final = [
    "Adeyemi",
    "Aksoy",
    "Almeida",
    "Bauer",
    "Berg",
    "Castro",
    "Cohen",
    "Costa",
    "Dahl",
    "Demir",
    "Dubois",
    "Eriksen",
    "Farouk",
    "Fischer",
    "Garcia",
    "Haddad",
    "Hansen",
    "Hoang",
    "Ito",
    "Jansen",
    "Kaur",
    "Keller",
    "Khan",
    "Kim",
    "Kovacs",
    "Larsen",
    "Lopez",
    "Maier",
    "Mendes",
    "Mori",
    "Nagy",
    "Novak",
    "Okafor",
    "Olsen",
    "Park",
    "Patel",
    "Petrov",
    "Quiroga",
    "Rossi",
    "Sato",
    "Silva",
    "Singh",
    "Sousa",
    "Tanaka",
    "Tran",
    "Vega",
    "Weber",
    "Wolf",
    "Yilmaz",
    "Zhang",
]

ENVIRONMENT_ACCOUNTS: Final = (
    ("AWS", "PRODUCTION", "bw-production", "eu-west-1"),
    ("AWS", "STAGING", "bw-staging", "eu-west-1"),
    ("AWS", "DEVELOPMENT", "bw-development", "eu-central-1"),
    ("Azure", "PRODUCTION", "Logistics Production", "westeurope"),
    ("Azure", "DEVELOPMENT", "Logistics Development", "westeurope"),
    ("GCP", "PRODUCTION", "bw-insights-prod", "europe-west1"),
    ("GCP", "DEVELOPMENT", "bw-insights-dev", "europe-west1"),
    ("GitHub", "OTHER", VCS_ORGANISATION, ""),
)
"""`cloud, environment, name, region` of each account, subscription or Google project."""
