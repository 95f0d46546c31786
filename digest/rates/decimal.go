package rates

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/clip"
)

// Bounds of a number that is read from outside. They keep a hostile "1e999999999"
// from being worked out digit by digit.
const (
	maxDigits   = 40
	maxExponent = 30
)

// ErrNumber says that a text is not a number that a rate or an amount can be.
var ErrNumber = errors.New("not a number")

// ParseDecimal reads a decimal number with a point or a comma as its mark, an
// exponent included, and refuses what is too long or too large to be real.
func ParseDecimal(s string) (decimal.Decimal, error) {
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	if s == "" || len(s) > maxDigits {
		return decimal.Decimal{}, fmt.Errorf("%w: %q", ErrNumber, clip.Runes(s, 24))
	}
	d, err := decimal.NewFromString(s)
	if err != nil || d.Exponent() > maxExponent || d.Exponent() < -maxExponent {
		return decimal.Decimal{}, fmt.Errorf("%w: %q", ErrNumber, clip.Runes(s, 24))
	}
	return d, nil
}

// Plain writes d in plain decimal notation with the digits it has, trailing zeros too.
func Plain(d decimal.Decimal) string {
	if d.Exponent() >= 0 {
		return d.String()
	}
	return d.StringFixed(-d.Exponent())
}

// Magnitude returns the power of ten of a positive number's first digit: 0 for 3.5.
func Magnitude(d decimal.Decimal) int32 {
	return int32(d.NumDigits()) - 1 + d.Exponent() //nolint:gosec // ParseDecimal bounds both
}
