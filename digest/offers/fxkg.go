package offers

import (
	"maps"
	"slices"
	"strings"
	"time"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// fx.kg collects what banks and exchange offices of Kyrgyzstan pay and ask in cash: a list of
// institutions, each with rows of buy_usd, sell_usd and so on. It wants a token, which its owner
// gives.
// Format: https://fx.kg/en/docs
var fxkg = Publisher{ //nolint:gosec // the names of variables, and no secret
	ID: "fxkg", Country: "kg", Zone: "Asia/Bishkek", Env: "HABAR_FXKG_URL", TokenEnv: "HABAR_FXKG_TOKEN",
	URL:   "https://data.fx.kg/api/v1/current",
	Parse: parseFXKG,
}

func parseFXKG(body []byte, ask Ask) ([]Offer, error) {
	var answer []struct {
		Title tabular.Text              `json:"title"`
		Rates []map[string]tabular.Text `json:"rates"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	var all []Offer
	for _, it := range answer {
		for _, row := range it.Rates[:min(len(it.Rates), 1)] { // the first is what holds now
			said := clockAt(string(row["updated_at"]), ask.Zone, "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339Nano)
			if said.IsZero() {
				said = clockAt(string(row["created_at"]), ask.Zone, "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339Nano)
			}
			for _, name := range slices.Sorted(maps.Keys(row)) {
				code, is := strings.CutPrefix(name, "buy_")
				c, known := currencyOf(code)
				if is && known {
					all = append(all, Offer{
						Institution: string(it.Title), Kind: Cash, Pair: rates.Pair{Base: c, Quote: rates.KGS}, Said: said,
						Buy: price(string(row[name])), Sell: price(string(row["sell_"+code])),
					})
				}
			}
		}
	}
	return all, nil
}
