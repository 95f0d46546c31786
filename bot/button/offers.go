package button

import (
	"strconv"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
)

// Cash asks for offers: /cash USD tj sell card 500 #10.
func Cash(a offers.Asked) string {
	args := []string{string(a.Pair.Base), a.Country}
	if a.City != "" {
		args[1] = a.City
	}
	if a.Side != "" {
		args = append(args, string(a.Side))
	}
	if a.Kind != offers.Cash {
		args = append(args, string(a.Kind))
	}
	if a.Amount.IsPositive() {
		args = append(args, a.Amount.String())
		if a.InHome {
			args = append(args, string(a.Pair.Quote))
		}
	}
	if a.All {
		args = append(args, "#"+strconv.Itoa(a.From))
	}
	if line := join("cash", args...); fits(line) {
		return line
	}
	if a.Amount.IsPositive() { // what a person wrote is too long for a button
		a.Amount = decimal.Zero
	} else {
		a.City = ""
	}
	return Cash(a)
}
