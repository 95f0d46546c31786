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

	Unmeasured Reason = "unmeasured" // neither an official rate nor others tell whether it can be
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
	frozen, swapped, middles := !t.Since.IsZero() && now.Sub(t.Since) > frozenFor, swapped(all), middlesOf(all, official, now)
	for _, o := range all {
		reason := doubt(o, official, now)
		switch {
		case reason != "":
		case swapped[o.Pair]:
			reason = Crossed
		default:
			reason = beside(o, middles, official, now)
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

// swapped returns the pairs whose columns are swapped: what only buys among them may only sell.
func swapped(all []Offer) map[rates.Pair]bool {
	crossed, both := map[rates.Pair]int{}, map[rates.Pair]int{}
	for _, o := range all {
		if o.Buy.IsPositive() && o.Sell.IsPositive() {
			both[o.Pair]++
		}
		if o.crossed() {
			crossed[o.Pair]++
		}
	}
	is := map[rates.Pair]bool{}
	for pair, n := range crossed {
		is[pair] = n*2 > both[pair]
	}
	return is
}

// A middle is what a price is held against: the median of the same pair and side.
type middle struct {
	pair rates.Pair
	side Side
}

// middlesOf returns the medians of what is of today and not doubted, where there are several.
func middlesOf(all []Offer, official Official, now time.Time) map[middle]decimal.Decimal {
	prices := map[middle][]decimal.Decimal{}
	for _, o := range all {
		if !o.Fresh(now) || doubt(o, official, now) != "" {
			continue
		}
		for _, s := range Sides() {
			if p := o.Price(s); p.IsPositive() {
				prices[middle{o.Pair, s}] = append(prices[middle{o.Pair, s}], p)
			}
		}
	}
	middles := map[middle]decimal.Decimal{}
	for of, all := range prices {
		if len(all) >= fewPeers {
			slices.SortFunc(all, decimal.Decimal.Cmp)
			middles[of] = median(all)
		}
	}
	return middles
}

// beside judges an offer by the others of its table: far from their middle, or measured by nobody.
func beside(o Offer, middles map[middle]decimal.Decimal, official Official, now time.Time) Reason {
	if !o.Fresh(now) {
		return ""
	}
	rate, _ := official(o.Pair)
	for _, s := range Sides() {
		p, m := o.Price(s), middles[middle{o.Pair, s}]
		switch {
		case !p.IsPositive():
		case m.IsPositive() && Gap(p, m).Abs().GreaterThan(decimal.NewFromInt(peerPercent)):
			return Far
		case !m.IsPositive() && !rate.IsPositive():
			return Unmeasured
		}
	}
	return ""
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
