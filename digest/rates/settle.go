package rates

import (
	"cmp"
	"slices"
	"time"
)

// A Claim is what a source said of a pair for a day, be it believed or held back.
type Claim struct {
	Quote
	Held bool
}

// A Settlement is what becomes of claims once it is known what came after them.
type Settlement struct {
	Released  []Quote   // were held back and are believed, each for its own day
	Withdrawn []Refusal // were accepted, and what came after speaks against them
}

// judgedAt is the hour at which the claims of a past day are judged.
const judgedAt = 18 * time.Hour

// Settle judges the claims of past days again, in the order of days, from the board before
// them, and returns what differs. It looks at all of them, so the order in which they came
// makes no difference: files of history give the same archive whichever is read first, and
// a slip of the keys that was believed on its day is found by the days after it. The newest
// claim of a source about a pair has nothing after it: it is released but never withdrawn.
func Settle(before Board, claims []Claim) (s Settlement) {
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, compareClaims)
	var (
		slips    = loneSlips(before, claims)
		believed = map[claimKey]bool{}
		doubts   = map[claimKey]Doubt{}
		newest   = map[key]time.Time{}
		board    = before
	)
	for rest := claims; len(rest) > 0; {
		day, n := rest[0].Effective, 0
		round := PegQuotes(day)
		for ; n < len(rest) && rest[n].Effective.Equal(day); n++ {
			q := rest[n].Quote
			newest[key{q.Pair, q.Source}] = day
			if doubt, slip := slips[claimOf(q)]; slip {
				doubts[claimOf(q)] = doubt
			} else if n == 0 || rest[n-1].Pair != q.Pair || rest[n-1].Source != q.Source { // of two for one day the first is judged
				round = append(round, q)
			}
		}
		rest = rest[n:]
		v := Judge(board, round, day.Add(judgedAt))
		for _, q := range append(v.Accepted, v.Released...) {
			believed[claimOf(q)] = true
		}
		for _, r := range v.Quarantined {
			doubts[claimOf(r.Quote)] = r.Doubt
		}
		board = v.Board.without(day.AddDate(0, 0, -QuarantineDays))
	}
	for _, c := range claims {
		id := claimOf(c.Quote)
		doubt, doubted := doubts[id]
		switch {
		case c.Held && believed[id]:
			s.Released = append(s.Released, c.Quote)
		case !c.Held && !believed[id] && doubted && newest[key{c.Pair, c.Source}].After(c.Effective):
			s.Withdrawn = append(s.Withdrawn, Refusal{c.Quote, doubt})
		}
	}
	return s
}

// loneSlips finds first figures of a source about a pair that no figure after them is near:
// no past speaks against such a figure, and no devaluation is of that size.
func loneSlips(before Board, sorted []Claim) map[claimKey]Doubt {
	said := map[key][]Quote{}
	for _, c := range sorted {
		k := key{c.Pair, c.Source}
		last, seen := before.latest[k]
		if c.Value.IsPositive() && (!seen || c.Effective.Sub(last.Effective) > Days(StaleDays)) {
			said[k] = append(said[k], c.Quote)
		}
	}
	slips := map[claimKey]Doubt{}
	for _, all := range said {
		first, near, far := all[0], 0, Quote{}
		for _, q := range all[1:] {
			switch {
			case q.Effective.Sub(first.Effective) > Days(HoldDays) || q.Effective.Equal(first.Effective):
			case plausible(first.Value, q.Value):
				near++
			case far.Value.IsZero():
				far = q
			case sides(q, far, first) && near == 0:
				slips[claimOf(first)] = Doubt{Kind: Jump, Far: percent(apart(first.Value, far.Value)), Than: far.Value, Source: far.Source, Day: far.Effective}
			}
		}
		if near > 0 {
			delete(slips, claimOf(first))
		}
	}
	return slips
}

// A claimKey tells claims apart.
type claimKey struct {
	key
	day   time.Time
	value string
}

func claimOf(q Quote) claimKey {
	return claimKey{key{q.Pair, q.Source}, q.Effective, q.Value.String()}
}

// compareClaims orders claims by day, and of several for one day puts first what is believed.
func compareClaims(a, b Claim) int {
	rank := map[bool]int{true: 1}
	return cmp.Or(a.Effective.Compare(b.Effective), compareQuotes(a.Quote, b.Quote), cmp.Compare(rank[a.Held], rank[b.Held]), a.Value.Cmp(b.Value))
}

// without returns the board without what is held back of the days before one.
func (b Board) without(day time.Time) Board {
	held := slices.DeleteFunc(b.Held(), func(q Quote) bool { return q.Effective.Before(day) })
	return NewBoard(b.Quotes(), held)
}
