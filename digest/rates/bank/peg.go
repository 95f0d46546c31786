package bank

import (
	"habar/digest/rates"
)

// The rates that states declare. Turkmenistan's has no feed; it holds every day
// since rates.PegSince until somebody here states another.
var peg = Source{
	Name:  rates.PEG,
	State: rates.PegQuotes,
}
