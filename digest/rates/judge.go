package rates

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// A Verdict is what acceptance made of a round of quotes.
type Verdict struct {
	At          time.Time // when it was judged
	Accepted    []Quote   // new to the board: a new day, or a correction of the same day
	Quarantined []Refusal
	Board       Board // the board after it: alerts look at its rates, never at quotes
}

// A Refusal is a quote that moves nothing, and why.
type Refusal struct {
	Quote
	Reason string
}

// The limits of acceptance.
var (
	maxJump     = decimal.New(5, -2) // from the last accepted of the same source, or from what others say
	maxPegJump  = decimal.New(1, -2) // from a declared peg
	agreeWithin = decimal.New(2, -2) // two sources this close confirm each other
)

const (
	maxAhead    = 2         // days that an effective date may lie ahead
	confirmWait = time.Hour // after which a source that says the same again is believed
)

// Judge sorts quotes into those that may be shown and may fire alerts and those
// that may not, given the board so far. Quotes that are held back on the board are
// looked at again, since what comes now may confirm them. Judge is pure: the same
// input gives the same verdict, whatever the order of quotes.
func Judge(board Board, quotes []Quote, now time.Time) Verdict {
	quotes = slices.Clone(quotes)
	slices.SortStableFunc(quotes, compareQuotes)
	b := bench{board: board, now: now, peers: peersOf(board.Live(), quotes)}
	v := Verdict{At: now, Board: NewBoard(board.Quotes(), board.Held())}
	spoke := map[key]bool{}
	for _, q := range quotes {
		spoke[key{q.Pair, q.Source}] = true
		last, seen := v.Board.latest[key{q.Pair, q.Source}]
		if seen && last.Effective.Equal(q.Effective) && last.Value.Equal(q.Value) {
			continue // said already
		}
		if reason := b.refuse(q); reason != "" {
			v.Quarantined = append(v.Quarantined, Refusal{q, reason})
			v.Board.hold(q)
			continue
		}
		v.Accepted = append(v.Accepted, q)
		v.Board.accept(q)
	}
	for _, q := range board.Held() {
		k := key{q.Pair, q.Source}
		if last, seen := v.Board.latest[k]; spoke[k] || (seen && !last.Effective.Before(q.Effective)) {
			continue // the source has spoken since
		}
		if q.Value.IsPositive() && b.confirmed(q) && b.refuse(q) == "" {
			v.Accepted = append(v.Accepted, q)
			v.Board.accept(q)
		}
	}
	v.Board.index()
	return v
}

func (b *Board) accept(q Quote) {
	b.put(q)
	delete(b.held, key{q.Pair, q.Source})
}

func (b *Board) hold(q Quote) {
	k := key{q.Pair, q.Source}
	b.held[k] = append(b.held[k], q)
}

// A bench is what one quote is judged against.
type bench struct {
	board Board
	peers []peer
	now   time.Time
}

// A peer is one source's word: what it says in this round and what was accepted from it.
type peer struct {
	source      string
	round, live Board
}

func peersOf(live Board, quotes []Quote) []peer {
	names := map[string]bool{}
	for k := range live.latest {
		names[k.source] = true
	}
	said := map[string][]Quote{}
	for _, q := range quotes {
		if q.Value.IsPositive() {
			names[q.Source] = true
			said[q.Source] = append(said[q.Source], q)
		}
	}
	var peers []peer
	for _, name := range slices.Sorted(maps.Keys(names)) {
		peers = append(peers, peer{name, NewBoard(said[name], nil), live.FromSource(name)})
	}
	return peers
}

// refuse returns why a quote may not be believed, or "".
func (b bench) refuse(q Quote) string {
	last, seen := b.board.latest[key{q.Pair, q.Source}]
	switch ahead := Day(b.now.UTC()).AddDate(0, 0, maxAhead); {
	case !q.Value.IsPositive():
		return "not positive"
	case q.Effective.After(ahead):
		return fmt.Sprintf("effective date %s lies more than %d days ahead", q.Effective.Format(time.DateOnly), maxAhead)
	case seen && q.Effective.Before(last.Effective):
		return "older than the accepted rate of " + last.Effective.Format(time.DateOnly)
	}
	if peg, ok := pegOf(q.Pair); ok {
		if far := apart(q.Value, peg); far.GreaterThan(maxPegJump) && !b.confirmed(q) {
			return fmt.Sprintf("%s %% from the peg %s", far.Shift(2).Round(2), peg.Round(6))
		}
		return ""
	}
	// A figure that is long gone is no yardstick: after a gap a source begins anew.
	if seen && q.Effective.Sub(last.Effective) <= Days(StaleDays) {
		if far := apart(q.Value, last.Value); far.GreaterThan(maxJump) && !b.believed(q) {
			return fmt.Sprintf("%s %% from the last accepted %s", far.Shift(2).Round(2), last.Value)
		}
		return ""
	}
	for _, other := range b.others(q) {
		if far := apart(q.Value, other.Value); far.GreaterThan(maxJump) && !b.believed(q) {
			return fmt.Sprintf("%s %% from what %s says (%s)", far.Shift(2).Round(2), other.Source(), other.Value.Round(8))
		}
	}
	return ""
}

// believed reports whether a jump is confirmed by another source, or by the same
// source an hour later.
func (b bench) believed(q Quote) bool { return b.confirmed(q) || b.repeated(q) }

// confirmed reports whether an independent source says nearly the same for about
// the same day, be it that its word is held back too. A declared peg confirms
// nothing: it is what is being checked.
func (b bench) confirmed(q Quote) bool {
	for k, held := range b.board.held {
		if k.Pair == q.Pair && k.source != q.Source && slices.ContainsFunc(held, func(h Quote) bool { return agrees(q, h) }) {
			return true
		}
	}
	return slices.ContainsFunc(b.others(q), func(r Rate) bool {
		return !r.From(PEG) && apart(q.Value, r.Value).LessThanOrEqual(agreeWithin)
	})
}

func agrees(q, other Quote) bool {
	return sameDays(q.Effective, other.Effective) && other.Value.IsPositive() && apart(q.Value, other.Value).LessThanOrEqual(agreeWithin)
}

// sameDays reports whether two effective dates are near enough to compare figures.
func sameDays(a, b time.Time) bool { return a.Sub(b).Abs() <= Days(NearDays) }

// repeated reports whether the same source has held nearly the same for an hour.
func (b bench) repeated(q Quote) bool {
	return slices.ContainsFunc(b.board.held[key{q.Pair, q.Source}], func(h Quote) bool {
		return h.Value.IsPositive() && apart(q.Value, h.Value).LessThanOrEqual(maxPegJump) && b.now.Sub(h.Fetched) >= confirmWait
	})
}

// others returns what each other source says of q's pair for about the same day:
// its own quote of this round or else its last accepted one, crossed through USD
// within that source where it does not quote the pair itself.
func (b bench) others(q Quote) []Rate {
	var say []Rate
	for _, p := range b.peers {
		if p.source == q.Source {
			continue
		}
		r, ok := p.round.Rate(q.Pair)
		if !ok {
			r, ok = p.live.Rate(q.Pair)
		}
		if ok && sameDays(q.Effective, r.Effective()) {
			say = append(say, r)
		}
	}
	return say
}

// pegOf returns the declared rate of a pair, either way round.
func pegOf(p Pair) (decimal.Decimal, bool) {
	pegs := Pegs()
	if v, ok := pegs[p]; ok {
		return v, true
	}
	if v, ok := pegs[p.Inverse()]; ok {
		return quotient(decimal.NewFromInt(1), v), true
	}
	return decimal.Decimal{}, false
}

// apart returns the distance of two positive numbers as a fraction of the second.
func apart(a, b decimal.Decimal) decimal.Decimal { return a.Sub(b).Abs().DivRound(b, 6) }
