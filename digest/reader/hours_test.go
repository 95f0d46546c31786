package reader

import (
	"testing"
	"time"
)

func TestHoursInWords(t *testing.T) {
	for text, want := range map[string]string{
		"eight in the morning":     "08:00",
		"at eight pm":              "20:00",
		"eight thirty":             "08:30",
		"twenty one":               "21:00",
		"восемь утра":              "08:00",
		"в семь вечера":            "19:00",
		"двадцать тридцать":        "20:30",
		"к девяти утра":            "09:00",
		"таңғы сегіз":              "08:00",
		"таңғы сағат сегізде":      "08:00",
		"кешкі тоғызда":            "21:00",
		"эртең менен саат сегизде": "08:00",
		"саат сегизде":             "08:00",
		"ertalab sakkizda":         "08:00",
		"soat sakkiz":              "08:00",
		"соати ҳашт":               "08:00",
		"ҳашти субҳ":               "08:00",
		"sagat sekizde":            "08:00",
		"irden sagat sekiz":        "08:00",
	} {
		all, err := ParseSchedule(text, time.UTC)
		if err != nil || len(all) != 1 || all[0].Clock() != want {
			t.Errorf("%q: %v, %v, want %s", text, all, err, want)
		}
	}
	for _, text := range []string{"on weekdays", "thousand", "восемьсот", "сто", "никогда", "every day at"} {
		if all, err := ParseSchedule(text, time.UTC); err == nil {
			t.Errorf("%q is read as %v", text, all)
		}
	}
}
