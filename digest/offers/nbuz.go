package offers

import (
	"strings"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// The National Bank of Uzbekistan (a commercial bank): a list of currencies with the central bank's
// rate and its own for cash, as strings; an empty one is not offered. Its "cell" price is what it
// sells for.
// Format: https://nbu.uz/en/exchange-rates/json/
var nbuz = Publisher{
	ID: "nbuz", Country: "uz", Zone: "Asia/Tashkent", Env: "HABAR_NBUZ_URL",
	URL:   "https://nbu.uz/en/exchange-rates/json/",
	Parse: parseNBUZ,
}

func parseNBUZ(body []byte, ask Ask) ([]Offer, error) {
	var answer []struct {
		Code tabular.Text `json:"code"`
		Buy  tabular.Text `json:"nbu_buy_price"`
		Sell tabular.Text `json:"nbu_cell_price"`
		Date tabular.Text `json:"date"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	var all []Offer
	for _, it := range answer {
		if c, known := currencyOf(string(it.Code)); known {
			all = append(all, Offer{
				Institution: "NBU", Kind: Cash, Pair: rates.Pair{Base: c, Quote: rates.UZS}, Buy: price(string(it.Buy)), Sell: price(string(it.Sell)),
				Said: clockAt(strings.ToLower(string(it.Date)), ask.Zone, "01/02/2006 03:04:05 pm", "01/02/2006 15:04:05", "01/02/2006"),
			})
		}
	}
	return all, nil
}
