from . import (
    recouvrement_demo,
    company,
    people,
    customers,
    ledger,
    payments,
    books,
    collection,
    story,
    nights,
    contents,
    answers,
)
