package bank

import "habar/digest/rates"

// The National Bank of Tajikistan's table: XML, decimal point, TJS per <Nominal>
// units (1, 10, 100 or 1000). A date out of range is silently answered with today's
// table, so only the answer's own date counts. The ID attribute is unreliable: RUB
// has 810, which is not its number. CharCode is right.
// Format: https://nbt.tj/en/kurs/kurs.php
var nbt = Source{
	Name:   rates.NBT,
	Env:    "HABAR_NBT_URL",
	URL:    "https://nbt.tj/en/kurs/export_xml.php?date={date}&export=xmlout",
	Layout: "2006-01-02",
	Parse:  func(body []byte) ([]rates.Quote, error) { return parseValCurs(rates.TJS, "2006-01-02", body) },
}
