package offers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Reason is why an offer is held back.
type Reason string

// The reasons.
const (
	Crossed Reason = "crossed" // it sells for less than it buys: columns may be swapped
	Far     Reason = "far"     // more than farPercent from the official rate, or peerPercent from the others
	Nominal Reason = "nominal" // a power of ten from it: per ten, hundred or thousand
	Future  Reason = "future"  // set at a time that has not come
	Frozen  Reason = "frozen"  // the whole table is the same for days, under new dates
	Undated Reason = "undated" // nobody says when it was set
)

const (
	farPercent  = 15
	peerPercent = 5                  // that an offer may be from the middle of a table
	fewPeers    = 3                  // below which a table has no middle
	aheadBy     = 10 * time.Minute   // that clocks may differ
	frozenFor   = 4 * 24 * time.Hour // longer than a weekend with a holiday
)

// A Held is an offer that is held back.
type Held struct {
	Offer
	Reason Reason
}

// An Official returns the official rate of a pair, zero where none is known, and whether it holds
// today: an old one only tells a nominal that was lost.
type Official func(rates.Pair) (rate decimal.Decimal, holds bool)

// A Table is what is known of a publisher's table as a whole.
type Table struct {
	Mark  string    // of its figures: the same for the same figures
	Since time.Time // when it first had them
}

// Next returns what is known of a table once it was read again.
func (t Table) Next(all []Offer, now time.Time) Table {
	if mark := markOf(all); mark != t.Mark {
		return Table{mark, now}
	}
	return t
}

// markOf stands for the figures of a table.
func markOf(all []Offer) string {
	rows := make([]string, 0, len(all))
	for _, o := range all {
		rows = append(rows, fmt.Sprintf("%s|%s|%s|%s|%s|%s", o.Institution, o.City, o.Kind, o.Pair, o.Buy, o.Sell))
	}
	slices.Sort(rows)
	sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
	return hex.EncodeToString(sum[:8])
}

// Judge sorts what a publisher answered into what may be shown and what is held back, with the
// reason. An old offer may be shown, with its age: it is only never the best.
func Judge(all []Offer, t Table, official Official, now time.Time) (kept []Offer, held []Held) {
	frozen, swapped, middles := now.Sub(t.Since) > frozenFor, swapped(all), middlesOf(all)
	for _, o := range all {
		reason := doubt(o, official, now)
		switch {
		case reason != "":
		case swapped:
			reason = Crossed
		case apart(o, middles[o.Pair]):
			reason = Far
		}
		if reason != "" {
			held = append(held, Held{o, reason})
		} else if frozen && o.Said.After(t.Since.Add(frozenFor)) {
			held = append(held, Held{o, Frozen})
		} else {
			kept = append(kept, o)
		}
	}
	return kept, held
}

// crossed reports whether an offer sells for less than it buys.
func (o Offer) crossed() bool {
	return o.Buy.IsPositive() && o.Sell.IsPositive() && o.Sell.LessThan(o.Buy)
}

// swapped reports whether the columns of a whole table are: what only buys in it may only sell.
func swapped(all []Offer) bool {
	crossed, both := 0, 0
	for _, o := range all {
		if o.Buy.IsPositive() && o.Sell.IsPositive() {
			both++
		}
		if o.crossed() {
			crossed++
		}
	}
	return crossed*2 > both
}

// middlesOf returns the medians of a table's prices by pair, for pairs of several.
func middlesOf(all []Offer) map[rates.Pair]decimal.Decimal {
	prices := map[rates.Pair][]decimal.Decimal{}
	for _, o := range all {
		for _, p := range []decimal.Decimal{o.Buy, o.Sell} {
			if p.IsPositive() {
				prices[o.Pair] = append(prices[o.Pair], p)
			}
		}
	}
	middles := map[rates.Pair]decimal.Decimal{}
	for pair, all := range prices {
		if len(all) >= 2*fewPeers {
			slices.SortFunc(all, decimal.Decimal.Cmp)
			middles[pair] = median(all)
		}
	}
	return middles
}

// apart reports whether an offer is far from the middle of its table; zero is no middle.
func apart(o Offer, middle decimal.Decimal) bool {
	for _, p := range []decimal.Decimal{o.Buy, o.Sell} {
		if middle.IsPositive() && p.IsPositive() && Gap(p, middle).Abs().GreaterThan(decimal.NewFromInt(peerPercent)) {
			return true
		}
	}
	return false
}

func doubt(o Offer, official Official, now time.Time) Reason {
	switch {
	case o.Said.IsZero():
		return Undated
	case o.Said.After(now.Add(aheadBy)):
		return Future
	case o.crossed():
		return Crossed
	}
	rate, holds := official(o.Pair)
	for _, price := range []decimal.Decimal{o.Buy, o.Sell} {
		if !rate.IsPositive() || !price.IsPositive() {
			continue
		}
		if Gap(price, rate).Abs().LessThanOrEqual(decimal.NewFromInt(farPercent)) {
			continue
		}
		for _, shift := range []int32{-3, -2, -1, 1, 2, 3} {
			if Gap(price.Shift(shift), rate).Abs().LessThanOrEqual(decimal.NewFromInt(farPercent)) {
				return Nominal
			}
		}
		if holds {
			return Far
		}
	}
	return ""
}
