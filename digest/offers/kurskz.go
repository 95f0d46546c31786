package offers

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"habar/digest/charset"
	"habar/digest/rates"
	"habar/digest/tabular"
)

// kurs.kz collects what exchange offices of a city of Kazakhstan pay and ask in cash: JSON inside the
// page, a list of offices with address, phones, when they told, and [buy, sell] by currency; 0 is not
// offered.
var kurskz = Publisher{
	ID: "kurskz", Country: "kz", Zone: "Asia/Almaty", Env: "HABAR_KURSKZ_URL",
	URL:    "https://kurs.kz/site/index?city={city}",
	Cities: []string{"almaty", "astana"},
	Parse:  parseKursKZ,
}

var kurskzList = regexp.MustCompile(`(?s)var\s+punkts\s*=\s*(\[.*?\])\s*;\s*(?:\n|var\s|</script)`)

type kurskzOffice struct {
	Name    tabular.Text              `json:"name"`
	Main    tabular.Text              `json:"mainaddress"`
	Address tabular.Text              `json:"address"`
	Phones  json.RawMessage           `json:"phones"`
	Date    tabular.Text              `json:"date"`
	Actual  tabular.Text              `json:"actualTime"`
	Lat     tabular.Text              `json:"lat"`
	Lon     tabular.Text              `json:"lng"`
	Data    map[string][]tabular.Text `json:"data"`
}

func parseKursKZ(body []byte, ask Ask) ([]Offer, error) {
	found := kurskzList.FindSubmatch(charset.Decode(body, ""))
	if found == nil {
		return nil, ErrNone
	}
	var offices []json.RawMessage
	if err := tabular.JSON(found[1], &offices); err != nil {
		return nil, err
	}
	var all []Offer
	for _, raw := range offices {
		var it kurskzOffice
		if json.Unmarshal(raw, &it) != nil {
			continue // an odd office spoils no other
		}
		said := kurskzTime(string(it.Date), ask.Zone)
		if said.IsZero() {
			said = kurskzTime(string(it.Actual), ask.Zone)
		}
		place := Place{Address: string(it.Main), Lat: string(it.Lat), Lon: string(it.Lon)}
		if place.Address == "" {
			place.Address = string(it.Address)
		}
		var phones []string
		if json.Unmarshal(it.Phones, &phones) == nil {
			place.Phone = strings.Join(phones, ", ")
		}
		for _, code := range slices.Sorted(maps.Keys(it.Data)) {
			if c, known := currencyOf(code); known && len(it.Data[code]) == 2 {
				all = append(all, Offer{
					Institution: string(it.Name), City: ask.City, Kind: Cash, Pair: rates.Pair{Base: c, Quote: rates.KZT}, Said: said, Place: place,
					Buy: price(string(it.Data[code][0])), Sell: price(string(it.Data[code][1])),
				})
			}
		}
	}
	return all, nil
}

// kurskzTime reads Unix seconds, or a date with its time.
func kurskzTime(s string, zone *time.Location) time.Time {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 && n < 1<<36 {
		return time.Unix(n, 0)
	}
	return clockAt(s, zone, "2006-01-02 15:04:05", "2006-01-02 15:04", time.RFC3339)
}
