package alert

import (
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// What can be wrong with the words of an alert.
var (
	ErrForm    = errors.New("an alert needs a pair and a level")
	ErrLevel   = errors.New("the level is not a positive number")
	ErrEqual   = errors.New("the level is the present rate")
	ErrUntil   = errors.New("the last day is not a day to come")
	ErrTooMany = errors.New("the chat has as many alerts as it may have")
	ErrPercent = errors.New("alerts on a percentage are not understood yet")
)

// A Wish is what the words of an alert ask for. Direction is 0 where they leave it
// to the present rate.
type Wish struct {
	Pair      rates.Pair
	Direction int // 1 above, -1 below, 0 to be inferred
	Level     decimal.Decimal
	Repeat    bool
	Until     time.Time
}

// directions are the words for "above" and "below" in the languages of the bot.
var directions = map[string]int{
	">": 1, ">=": 1, "≥": 1, "above": 1, "over": 1, "reaches": 1, "выше": 1, "больше": 1, "дороже": 1,
	"<": -1, "<=": -1, "≤": -1, "below": -1, "under": -1, "ниже": -1, "меньше": -1, "дешевле": -1,
}

// Parse reads the words of an alert: "USD/KZT > 550", "kzt below 500",
// "usd/kzt 550 repeat until 2026-12-31". now is the reader's own time.
func Parse(words string, now time.Time) (Wish, error) {
	for _, sign := range []string{">=", "<=", "≥", "≤", ">", "<"} {
		if strings.Contains(words, sign) {
			words = strings.Replace(words, sign, " "+sign+" ", 1)
			break
		}
	}
	var (
		w     Wish
		codes []string
	)
	fields := strings.Fields(strings.ToLower(words))
	for i := 0; i < len(fields); i++ {
		f := fields[i]
		switch d, isDirection := directions[f]; {
		case isDirection:
			w.Direction = d
		case f == "once" || f == "один":
			w.Repeat = false
		case f == "repeat" || f == "повторять":
			w.Repeat = true
		case f == "until" || f == "до":
			i++
			if i == len(fields) {
				return Wish{}, ErrUntil
			}
			day, err := time.ParseInLocation(time.DateOnly, fields[i], now.Location())
			if err != nil || !day.AddDate(0, 0, 1).After(now) {
				return Wish{}, ErrUntil
			}
			w.Until = day.AddDate(0, 0, 1).Add(-time.Second)
		case strings.ContainsAny(f, "%"):
			return Wish{}, ErrPercent
		case startsNumber(f):
			if !w.Level.IsZero() {
				return Wish{}, ErrForm
			}
			level, err := rates.ParseDecimal(strings.ReplaceAll(f, " ", ""))
			if err != nil || !level.IsPositive() {
				return Wish{}, ErrLevel
			}
			w.Level = level
		default:
			codes = append(codes, f)
		}
	}
	if len(codes) == 0 || len(codes) > 2 || w.Level.IsZero() {
		return Wish{}, ErrForm
	}
	pair, err := rates.ParsePair(strings.Join(codes, "/")) // "usd kzt 550" has them apart
	if err != nil {
		return Wish{}, err
	}
	w.Pair = pair
	return w, nil
}

func startsNumber(f string) bool {
	f = strings.TrimLeft(f, "+-−")
	return f != "" && f[0] >= '0' && f[0] <= '9'
}

// For returns the alert that a wish asks for, given the present rate of its pair.
func (w Wish) For(chat int64, rate decimal.Decimal, now time.Time) (Alert, error) {
	if rate.Equal(w.Level) {
		return Alert{}, ErrEqual
	}
	a := Alert{
		Chat: chat, Pair: w.Pair, Level: w.Level, Repeat: w.Repeat, Until: w.Until, Created: now,
		Above: w.Direction > 0 || (w.Direction == 0 && w.Level.GreaterThan(rate)),
	}
	return a.Arm(rate), nil
}
