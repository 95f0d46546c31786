package bank

import "habar/digest/rates"

// The National Bank of Tajikistan's table: XML, decimal point, TJS per <Nominal>
// units (1, 10, 100 or 1000). A date out of range is silently answered with today's
// table, so only the answer's own date counts. The ID attribute is unreliable: RUB
// has 810, which is not its number. CharCode is right.
// Format: https://nbt.tj/en/kurs/kurs.php
var nbt = Source{
	Name:    rates.NBT,
	Env:     "HABAR_NBT_URL",
	URL:     "https://nbt.tj/en/kurs/export_xml.php?date={date}&export=xmlout",
	Layout:  "2006-01-02",
	Parse:   func(body []byte) ([]rates.Quote, error) { return parseValCurs(rates.TJS, "2006-01-02", body) },
	Cadence: Cadence{Days: workdays, Hour: 10},
	Range: &Range{
		Ref:    "export_xml_dynamic.php?d1={from}&d2={to}&cs={code}&export=xml",
		Layout: "2006-01-02",
		Days:   3660,
		Codes:  byCode(rates.USD, rates.EUR, rates.RUB, rates.CNY, rates.KZT, rates.KGS, rates.UZS, rates.TMT, "GBP", "CHF", "JPY", "KRW", "TRY", "AED", "AZN", "AMD", "GEL", "AFN", "BYN", "UAH", "INR", "IRR", "PKR", "SAR"),
		Parse: func(body []byte, asked []rates.Currency) ([]rates.Quote, error) {
			return parseRecords(rates.TJS, "02.01.2006", body, asked)
		},
	},
}

// byCode is the codes of a range that calls currencies by their ISO 4217 codes.
func byCode(known ...rates.Currency) map[rates.Currency]string {
	codes := make(map[rates.Currency]string, len(known))
	for _, c := range known {
		codes[c] = string(c)
	}
	return codes
}
