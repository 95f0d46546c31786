package offers

import (
	"slices"
	"strings"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// The National Bank of Tajikistan's page of what commercial banks pay and ask: a table for each
// currency, a row a bank, a pair of columns (харид: the bank buys; фурӯш: it sells) for each kind of
// money, 0.0000 where it is not offered, and when the bank set them. Columns are found by their
// headings. Interbank rates are nobody's at a counter and left out.
// Format: https://nbt.tj/tj/kurs/kurs_kommer_bank.php
var nbtBanks = Publisher{
	ID: "nbt", Country: "tj", Zone: "Asia/Dushanbe", Env: "HABAR_NBT_BANKS_URL",
	URL:        "https://nbt.tj/tj/kurs/kurs_kommer_bank.php?currency={currency}",
	Currencies: []rates.Currency{rates.USD, rates.EUR, rates.RUB, rates.CNY},
	Official:   true,
	Parse:      parseNBTBanks,
}

// nbtKinds are the kinds of money by how their headings begin.
var nbtKinds = []struct {
	heading string
	kind    Kind
}{{"нақдӣ", Cash}, {"ғайринақдӣ", Account}, {"ҳамён", Wallet}, {"корт", Card}, {"ммпим", Transfer}}

func parseNBTBanks(body []byte, ask Ask) ([]Offer, error) {
	tables, err := tabular.Tables(body)
	if err != nil {
		return nil, err
	}
	var all []Offer
	for _, t := range tables {
		head := slices.IndexFunc(t, func(row []string) bool { return nbtColumn(row, "сана", "") >= 0 })
		if head < 0 {
			continue
		}
		for _, row := range t[head+1:] {
			if len(row) != len(t[head]) {
				continue
			}
			said := clockAt(row[nbtColumn(t[head], "сана", "")], ask.Zone, "02.01.2006 15:04", "02.01.2006 15:04:05", "02.01.2006")
			for _, k := range nbtKinds {
				buy, sell := nbtColumn(t[head], k.heading, "харид"), nbtColumn(t[head], k.heading, "фурӯш")
				if buy < 0 || sell < 0 {
					continue
				}
				all = append(all, Offer{
					Institution: row[0], Kind: k.kind, Pair: rates.Pair{Base: ask.Currency, Quote: rates.TJS}, Said: said,
					Buy: price(row[buy]), Sell: price(row[sell]),
				})
			}
		}
	}
	return all, nil
}

// nbtColumn returns the column whose heading begins and ends so; -1 for none.
func nbtColumn(heads []string, begin, end string) int {
	return slices.IndexFunc(heads, func(h string) bool {
		h = strings.ToLower(h)
		return strings.HasPrefix(h, begin) && strings.HasSuffix(h, end)
	})
}
