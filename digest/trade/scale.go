package trade

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"sync"
)

//go:embed scale.txt
var scaleFile []byte

// scale returns what each country and group trades with all the world in a year, in US
// dollars: an order of magnitude.
var scale = sync.OnceValue(func() map[string]float64 {
	all := map[string]float64{}
	for code, billions := range entries(scaleFile) {
		value, err := strconv.ParseFloat(billions, 64)
		if err != nil || value <= 0 {
			panic(fmt.Sprintf("scale.txt: %s: %q", code, billions)) // embedded: a fault of this program
		}
		all[code] = value * 1e9
	}
	return all
})

// dollars is about what one unit of a currency was worth in US dollars in 2018 to 2025:
// enough to tell millions from billions.
var dollars = map[string]float64{
	"USD": 1, "EUR": 1.1, "GBP": 1.28, "CHF": 1.1, "CNY": 0.143, "JPY": 0.0075, "KRW": 0.0008, "INR": 0.0125, "TRY": 0.05, "AED": 0.272,
	"RUB": 0.013, "KZT": 0.0021, "KGS": 0.0118, "TJS": 0.095, "UZS": 0.000085, "TMT": 0.286, "AZN": 0.588, "GEL": 0.36, "AMD": 0.0023, "BYN": 0.36, "UAH": 0.03, "PLN": 0.25,
}

// magnitudes name how an amount lies to all that a country trades in the time, each about
// three times the one before.
var magnitudes = domain{"unknown", "under1/3000", "under1/1000", "under1/300", "under1/100", "under1/30", "under1/10", "under1/3", "under1", "under3", "more"}

// yearly returns what the amount of a figure would come to in dollars in a year, going by
// the months that figures are of; 0 where that is unknown.
func (x *context) yearly() float64 {
	t := x.s.tokens[x.i]
	if t.kind != amount {
		return 0
	}
	value, _ := t.value.Float64() //nolint:forbidigo // an order of magnitude: no figure is made of it
	value *= dollars[t.unit]
	if first, last := bounds(x.a.held); last > 0 {
		value *= 12 / float64(last-first+1)
	}
	return value
}

// magnitude tells how large an amount is beside all that a country trades, both ways or one.
func (x *context) magnitude(code string, f Flow) uint8 {
	whole := scale()[code]
	if x.inYear == 0 || whole == 0 {
		return 0
	}
	if f != Turnover {
		whole /= 2
	}
	return uint8(min(10, max(1, 9+math.Floor(2*math.Log10(max(1e-9, x.inYear/whole))))))
}
