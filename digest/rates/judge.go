package rates

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// A Verdict is what acceptance made of a round of quotes.
type Verdict struct {
	At          time.Time // when it was judged
	Accepted    []Quote   // new to the board: a new day, or a correction of the same day
	Released    []Quote   // held back before and now believed for their own, earlier days: they move no alert
	Quarantined []Refusal
	Repeated    []Quote // said already: the source has taken back what it said of the day since
	Board       Board   // the board after it: alerts look at its rates, never at quotes
}

// A Refusal is a quote that moves nothing, and why.
type Refusal struct {
	Quote
	Doubt Doubt
}

// The limits of acceptance.
var (
	maxJump      = decimal.New(5, -2)   // from the last accepted of the same source, or from what others say
	maxPegJump   = decimal.New(1, -2)   // from a declared peg
	agreeWithin  = decimal.New(2, -2)   // two sources this close confirm each other
	opposeMove   = decimal.New(3, -2)   // a move beyond it is one that two others may speak against
	maxTable     = decimal.New(25, -2)  // that a bank's whole table moves on a day that is believed for its own sake
	maxPlausible = decimal.New(200, -2) // that money changes its worth in a day: beyond it a comma has moved or a nominal is lost
)

const (
	maxAhead    = 2         // days that an effective date may lie ahead
	confirmWait = time.Hour // after which a source that says the same again is believed
	steadyDays  = 5         // that a source must repeat a jump that is not plausible
	alikeRows   = 2         // that must move as one does for the table to move

	maxCorrections = 20 // of a source's figure for one day
)

// Judge sorts quotes into those that may be shown and may fire alerts and those
// that may not, given the board so far. Quotes that are held back on the board are
// looked at again, since what comes now may confirm them. Judge is pure: the same
// input gives the same verdict, whatever the order of quotes.
func Judge(board Board, quotes []Quote, now time.Time) Verdict {
	quotes = slices.Clone(quotes)
	slices.SortStableFunc(quotes, compareQuotes)
	b := bench{board: board, now: now, peers: peersOf(board.Live(), quotes), say: map[Pair][]word{}}
	v := Verdict{At: now, Board: NewBoard(board.Quotes(), board.Held())}
	spoke := map[key]bool{}
	for _, q := range quotes {
		k := key{q.Pair, q.Source}
		spoke[k] = true
		last, seen := v.Board.latest[k]
		if seen && last.Effective.Equal(q.Effective) && last.Value.Equal(q.Value) {
			v.takeBack(q)
			continue // said already
		}
		if doubt := b.refuse(q); doubt.Kind != NoDoubt {
			v.Quarantined = append(v.Quarantined, Refusal{q, doubt})
			if doubt.Open() {
				v.Board.hold(q)
			}
			continue
		}
		v.accept(b, q, last)
	}
	for _, q := range board.Held() {
		k := key{q.Pair, q.Source}
		if last, seen := v.Board.latest[k]; spoke[k] || (seen && !last.Effective.Before(q.Effective)) {
			continue // the source has spoken since
		}
		if q.Value.IsPositive() && b.confirmed(q) && b.refuse(q).Kind == NoDoubt {
			v.accept(b, q, v.Board.latest[k])
		}
	}
	v.Board.index()
	return v
}

// accept puts a quote on the board in the place of the last one of its source, and settles
// what was held back between the two.
func (v *Verdict) accept(b bench, q, last Quote) {
	if last.Effective.Equal(q.Effective) && !last.Value.IsZero() {
		q.TakenBack = strings.TrimSpace(last.TakenBack + " " + Plain(last.Value))
	}
	v.Accepted = append(v.Accepted, q)
	k := key{q.Pair, q.Source}
	_, pegged := pegOf(q.Pair) // a source that repeats its own mistake about a peg is a real one
	for _, h := range v.Board.held[k] {
		if !pegged && h.Effective.Before(q.Effective) && h.Effective.After(last.Effective) && h.Value.IsPositive() &&
			(sides(q, h, last) || b.tableMoved(h)) {
			v.Released = append(v.Released, h)
		}
	}
	v.Board.put(q)
	v.Board.drop(k, q.Effective)
}

// tookBack reports whether a source has given a figure for q's day and another since: to
// believe it again would be to believe each of two mirrors in turn. A source that has
// corrected itself very often is not believed either.
func (q Quote) tookBack(again Quote) bool {
	said := strings.Fields(q.TakenBack)
	return len(said) >= maxCorrections || slices.ContainsFunc(said, func(s string) bool {
		v, err := ParseDecimal(s)
		return err == nil && v.Equal(again.Value)
	})
}

// takeBack forgets what is held back of a day of which the source says again what was
// accepted.
func (v *Verdict) takeBack(q Quote) {
	if v.Board.drop(key{q.Pair, q.Source}, q.Effective) {
		v.Repeated = append(v.Repeated, q)
	}
}

// drop forgets what is held back of a key up to a day, and reports whether anything was.
func (b *Board) drop(k key, day time.Time) bool {
	before := len(b.held[k])
	b.held[k] = slices.DeleteFunc(slices.Clone(b.held[k]), func(h Quote) bool { return !h.Effective.After(day) })
	return len(b.held[k]) < before
}

func (b *Board) hold(q Quote) {
	k := key{q.Pair, q.Source}
	if !slices.ContainsFunc(b.held[k], func(h Quote) bool { return h.Effective.Equal(q.Effective) && h.Value.Equal(q.Value) }) {
		b.held[k] = append(slices.Clone(b.held[k]), q)
	}
}

// A bench is what one quote is judged against.
type bench struct {
	board Board
	peers []peer
	now   time.Time
	say   map[Pair][]word // what each source says of a pair, once asked
}

// A word is what one source says of a pair.
type word struct {
	source string
	rate   Rate
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

// refuse returns why a quote may not be believed, or no doubt.
func (b bench) refuse(q Quote) Doubt {
	last, seen := b.board.latest[key{q.Pair, q.Source}]
	switch ahead := Day(b.now.UTC()).AddDate(0, 0, maxAhead); {
	case !q.Value.IsPositive():
		return Doubt{Kind: NotPositive, Day: q.Effective}
	case q.Effective.After(ahead):
		return Doubt{Kind: FarAhead, Day: q.Effective}
	case seen && q.Effective.Before(last.Effective):
		return Doubt{Kind: Outdated, Than: last.Value, Source: last.Source, Day: last.Effective}
	case seen && q.Effective.Equal(last.Effective) && last.tookBack(q):
		return Doubt{Kind: Unsteady, Than: last.Value, Source: last.Source, Day: last.Effective}
	}
	if peg, ok := pegOf(q.Pair); ok {
		if far := apart(q.Value, peg); far.GreaterThan(maxPegJump) && !b.confirmed(q) {
			return Doubt{Kind: OffPeg, Far: percent(far), Than: peg, Source: PEG, Day: q.Effective}
		}
		return Doubt{}
	}
	// A figure that is long gone is no yardstick: after a gap a source begins anew.
	if seen && q.Effective.Sub(last.Effective) <= Days(StaleDays) {
		return b.againstItsPast(q, last)
	}
	return b.againstOthers(q)
}

func (b bench) againstItsPast(q, last Quote) Doubt {
	far := apart(q.Value, last.Value)
	if far.GreaterThan(maxJump) && !b.believed(q, last) {
		return Doubt{Kind: Jump, Far: percent(far), Than: last.Value, Source: last.Source, Day: last.Effective}
	}
	if far.GreaterThan(opposeMove) {
		return b.opposition(q, opposeMove)
	}
	return Doubt{}
}

// againstOthers is for a quote without a past. A central bank is believed about its own
// currency unless two others that agree speak against it; anyone else if nobody does.
func (b bench) againstOthers(q Quote) Doubt {
	if rankOf(q) == officialRank {
		return b.opposition(q, maxJump)
	}
	for _, other := range b.others(q) {
		if far := apart(q.Value, other.Value); far.GreaterThan(maxJump) && !b.confirmed(q) && !b.repeated(q) {
			return against(other, far)
		}
	}
	return Doubt{}
}

// opposition returns the word of the first of two independent sources that agree with each
// other and are farther than a distance from a quote, where nobody confirms it. What they
// say must not be of an earlier day: neighbours follow a devaluation a day late.
func (b bench) opposition(q Quote, distance decimal.Decimal) Doubt {
	var against2 []Rate
	for _, r := range b.others(q) {
		if !r.From(PEG) && !r.Effective().Before(q.Effective) && apart(q.Value, r.Value).GreaterThan(distance) {
			against2 = append(against2, r)
		}
	}
	for i, r := range against2 {
		for _, other := range against2[i+1:] {
			if apart(r.Value, other.Value).LessThanOrEqual(agreeWithin) && !b.confirmed(q) {
				return against(r, apart(q.Value, r.Value))
			}
		}
	}
	return Doubt{}
}

func against(r Rate, far decimal.Decimal) Doubt {
	return Doubt{Kind: Opposed, Far: percent(far), Than: r.Value, Source: r.Source(), Day: r.Effective()}
}

func percent(far decimal.Decimal) decimal.Decimal { return far.Shift(2).Round(2) }

// believed reports whether a jump from the last accepted figure is confirmed by another
// source, or by the same source: an hour later, or by its figure of another day, where no
// two others speak against it.
func (b bench) believed(q, last Quote) bool {
	if b.confirmed(q) {
		return true
	}
	stands := b.standing(q, last)
	if plausible(q.Value, last.Value) {
		return (b.repeated(q) || stands > 0) && b.opposition(q, maxJump).Kind == NoDoubt
	}
	return stands+1 >= steadyDays && b.opposition(q, maxJump).Kind == NoDoubt
}

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

// standing returns on how many days before q its source said what is on q's side of a jump
// from the last accepted figure.
func (b bench) standing(q, last Quote) int {
	days := map[time.Time]bool{}
	for _, h := range b.board.held[key{q.Pair, q.Source}] {
		if h.Value.IsPositive() && h.Effective.After(last.Effective) && h.Effective.Before(q.Effective) && sides(q, h, last) {
			days[h.Effective] = true
		}
	}
	return len(days)
}

// sides reports whether q is on h's side of the jump from last to h: nearer to h than to
// last, and within the ordinary move of a day or else less than half as far, since the days
// after a devaluation are wild.
func sides(q, h, last Quote) bool {
	near := ratio(q.Value, h.Value)
	if last.Value.IsZero() {
		return near.LessThanOrEqual(maxJump) // h is the first that is known
	}
	far := ratio(q.Value, last.Value)
	return near.LessThanOrEqual(maxJump) && near.LessThan(far) || near.Add(near).LessThan(far)
}

// plausible reports whether money can have changed its worth so much in a day.
func plausible(a, b decimal.Decimal) bool { return ratio(a, b).LessThanOrEqual(maxPlausible) }

// ratio returns how much larger the larger of two positive numbers is, as a fraction.
func ratio(a, b decimal.Decimal) decimal.Decimal {
	if a.LessThan(b) {
		a, b = b, a
	}
	return a.Sub(b).DivRound(b, 6)
}

// tableMoved reports whether all that h's source said of its day moved from the last
// accepted figures as h did, and not by more than money does in a bad day: a key that
// slipped moves one row, a run on a currency moves the table, be it for one day.
func (b bench) tableMoved(h Quote) bool {
	last, ok := b.board.latest[key{h.Pair, h.Source}]
	if !ok || ratio(h.Value, last.Value).GreaterThan(maxTable) || b.opposition(h, maxJump).Kind != NoDoubt {
		return false
	}
	rows, alike := 0, 0
	for k, held := range b.board.held {
		if k.source != h.Source || k.Pair == h.Pair || (k.Base != h.Base) == (k.Quote != h.Pair.Quote) {
			continue
		}
		before, ok := b.board.latest[k]
		for _, other := range held {
			if !ok || !other.Effective.Equal(h.Effective) || !other.Value.IsPositive() {
				continue
			}
			rows++
			// Both moved by the same factor if these products are the same.
			if ratio(h.Value.Mul(before.Value), other.Value.Mul(last.Value)).LessThanOrEqual(opposeMove) {
				alike++
			}
		}
	}
	return alike >= alikeRows && alike*2 > rows
}

// others returns what each other source says of q's pair for about the same day:
// its own quote of this round or else its last accepted one, crossed through USD
// within that source where it does not quote the pair itself.
func (b bench) others(q Quote) (say []Rate) {
	all, known := b.say[q.Pair]
	if !known {
		all = b.words(q.Pair)
		b.say[q.Pair] = all
	}
	for _, w := range all {
		if w.source != q.Source && sameDays(q.Effective, w.rate.Effective()) {
			say = append(say, w.rate)
		}
	}
	return say
}

func (b bench) words(p Pair) (all []word) {
	for _, peer := range b.peers {
		r, ok := peer.round.Rate(p)
		if !ok {
			r, ok = peer.live.Rate(p)
		}
		if ok {
			all = append(all, word{peer.source, r})
		}
	}
	return all
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
