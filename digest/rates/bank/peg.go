package bank

import (
	"time"

	"habar/digest/rates"
)

// The rates that states declare. Turkmenistan's has no feed; it holds every day
// since rates.PegSince until somebody here states another.
var peg = Source{
	Name: rates.PEG,
	Zone: "Asia/Ashgabat",
	State: func(day time.Time) []rates.Quote {
		var quotes []rates.Quote
		for pair, value := range rates.Pegs() {
			quotes = append(quotes, rates.Quote{Pair: pair, Value: value, Effective: day})
		}
		return quotes
	},
}
