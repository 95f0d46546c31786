package message

import (
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
	"habar/digest/region"
)

// rate shows a rate with at least four significant digits as far as it has them: two
// decimals from ten on, four from one on, and below one what four digits take.
func (v Voice) rate(d decimal.Decimal) string { return v.grouped(plainRate(d)) }

func plainRate(d decimal.Decimal) string {
	places := int32(2)
	switch magnitude := rates.Magnitude(d); {
	case magnitude < 0:
		places = 3 - magnitude
	case magnitude == 0:
		places = 4
	}
	if published := -d.Exponent(); published < places {
		places = max(published, 2)
	}
	return d.StringFixed(places)
}

// amount shows an amount of money: two decimals, none when it is whole, more when it
// is less than one.
func (v Voice) amount(d decimal.Decimal) string { return v.grouped(plainAmount(d)) }

// plainAmount is an amount as another program reads it, with the digits that are shown.
func plainAmount(d decimal.Decimal) string {
	switch {
	case d.Equal(d.Truncate(0)):
		return d.StringFixed(0)
	case d.Abs().LessThan(decimal.NewFromInt(1)):
		return plainRate(d)
	}
	return d.StringFixed(2)
}

// money shows a currency amount with its code behind it, kept on one line.
func (v Voice) money(d decimal.Decimal, c rates.Currency) string {
	return v.amount(d) + "\u00a0" + string(c)
}

// grouped writes a plain decimal with the marks of the reader's language.
func (v Voice) grouped(plain string) string {
	sign := ""
	if strings.HasPrefix(plain, "-") {
		sign, plain = "−", plain[1:]
	}
	whole, fraction, hasFraction := strings.Cut(plain, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if rest := len(whole) - i; i > 0 && rest%3 == 0 && len(whole) > 3 {
			b.WriteString(v.locale.say("number.group"))
		}
		b.WriteRune(digit)
	}
	if hasFraction {
		b.WriteString(v.locale.say("number.decimal"))
		b.WriteString(fraction)
	}
	return b.String()
}

// level shows a number that a person chose, with just the digits that it has.
func (v Voice) level(d decimal.Decimal) string { return v.grouped(trimZeros(d)) }

// unmoved shows that nothing changed.
const unmoved = "▬"

// percent shows a change: an arrow that says which way, and how far; unmoved for none.
func (v Voice) percent(d decimal.Decimal) string {
	d = d.Round(2)
	if d.IsZero() {
		return unmoved
	}
	arrow := "▲\u00a0"
	if d.IsNegative() {
		arrow = "▼\u00a0"
	}
	return arrow + v.percentage(trimZeros(d.Abs()))
}

// percentage writes a plain number as percent, as the reader's language does.
func (v Voice) percentage(plain string) string {
	return v.grouped(plain) + v.locale.say("number.percent")
}

func trimZeros(d decimal.Decimal) string {
	s := d.String()
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// share shows a part of a whole.
func (v Voice) share(d decimal.Decimal) string { return v.percentage(d.StringFixed(1)) }

// natural scales one unit of a currency until its price reads naturally: to 1, 100,
// 1,000 or 10,000 units.
func natural(value decimal.Decimal) (units, price decimal.Decimal) {
	one := decimal.NewFromInt(1)
	for _, n := range []int64{1, 100, 1000, 10000} {
		units = decimal.NewFromInt(n)
		if price = value.Mul(units); price.GreaterThanOrEqual(one) {
			break
		}
	}
	return units, price
}

// large shows a big sum of money in millions or billions.
func (v Voice) large(d decimal.Decimal, unit string) string {
	size := d.Abs()
	switch sum := ""; {
	case size.GreaterThanOrEqual(decimal.New(1, 9)):
		sum = v.locale.say("sum.billion", "Sum", v.grouped(size.Shift(-9).StringFixed(2)))
		return v.unit(sum, unit, d.IsNegative())
	case size.GreaterThanOrEqual(decimal.New(1, 6)):
		sum = v.locale.say("sum.million", "Sum", v.grouped(trimZeros(size.Shift(-6).Round(1))))
		return v.unit(sum, unit, d.IsNegative())
	}
	return v.unit(v.amount(size), unit, d.IsNegative())
}

func (v Voice) unit(sum, unit string, negative bool) string {
	sign := ""
	if negative {
		sign = "−"
	}
	if unit == string(rates.USD) {
		return sign + v.locale.say("sum.dollars", "Sum", sum)
	}
	return sign + sum + "\u00a0" + unit
}

// flagOf returns the flag of the country that issues a currency: for nearly all, its
// ISO 4217 code begins with the country's.
func flagOf(c rates.Currency) string { return region.Flag(string(c[:2])) }
