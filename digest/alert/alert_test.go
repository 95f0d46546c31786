package alert

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
)

var (
	dec  = decimal.RequireFromString
	noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
)

// counter is where somebody sells over the counter.
var counter = Market{Kind: offers.Cash, Side: offers.Selling}

// shown is a reading of USD/KZT at a moment, with the rate of a week before; over the counter as much
// is paid.
func shown(at time.Time, rate, weekAgo string) Reading {
	q := rates.Quote{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}, Value: dec(rate), Source: rates.NBK, Effective: rates.Day(at)}
	r := Reading{At: at, Rate: rates.Rate{Pair: q.Pair, Value: q.Value, Legs: []rates.Quote{q}}, References: map[Gauge]decimal.Decimal{}}
	r.Best = map[Market]offers.Offer{counter: {Publisher: "kurskz", Kind: offers.Cash, Pair: q.Pair, Buy: q.Value, Said: at}}
	r.References[Gauge{Pair: q.Pair, Market: counter, Basis: OfOfficial}] = q.Value
	if weekAgo != "" {
		r.References[Gauge{Pair: q.Pair, Basis: OfChange, Days: 7}] = dec(weekAgo)
	}
	return r
}

func TestStep(t *testing.T) {
	tests := []struct {
		name  string
		words string
		rates []string // the first is the one when it is set, an hour and a minute apart
		fires []int    // the positions at which it fires
	}{
		{"fires when the rate passes its level", "usd/kzt > 550", []string{"505", "549.9", "551.2"}, []int{2}},
		{"reaching the level exactly counts", "usd/kzt > 550", []string{"505", "550"}, []int{1}},
		{"once is once", "usd/kzt > 550", []string{"505", "551", "540", "552"}, []int{1}},
		{"set beyond its level it waits for the rate to come back", "usd/kzt > 500", []string{"505", "506", "499", "501"}, []int{3}},
		{"below works the other way round", "usd/kzt < 500", []string{"505", "501", "499.99"}, []int{2}},
		{"repeat arms again after 0.25 %", "usd/kzt > 500 repeat", []string{"490", "501", "499.5", "501", "498", "501"}, []int{1, 5}},
		{"the direction follows from the present rate", "usd/kzt 450", []string{"505", "449"}, []int{1}},
		{"until ends it", "usd/kzt > 550 until 2026-04-01", []string{"505", "505", "505", "505", "505", "505", "505", "505", "505", "505", "505", "505", "551"}, nil},
		{"a percentage counts from when it was set", "usd/kzt +2%", []string{"500", "509.99", "510"}, []int{2}},
		{"a rise leaves a fall alone", "usd/kzt +2%", []string{"500", "480"}, nil},
		{"either way", "usd/kzt 1%", []string{"500", "504.9", "495.1", "495"}, []int{3}},
		{"a percentage counts anew from where it fired", "usd/kzt 1% repeat", []string{"500", "505", "509", "510.05", "504.94"}, []int{1, 3, 4}},
		{"without a percentage's way back it does not ring twice", "usd/kzt -1% repeat", []string{"500", "495", "496", "495", "490.05"}, []int{1, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := Parse(tt.words, noon)
			if err != nil {
				t.Fatal(err)
			}
			a, err := New(w.Terms, 7, shown(noon, tt.rates[0], ""))
			if err != nil {
				t.Fatal(err)
			}
			var fires []int
			for i, r := range tt.rates {
				var fired Side
				if a, fired = a.Step(shown(noon.Add(time.Duration(i)*61*time.Minute), r, "")); fired != Either {
					fires = append(fires, i)
				}
			}
			if !slices.Equal(fires, tt.fires) {
				t.Errorf("fired at %v, want %v", fires, tt.fires)
			}
		})
	}
}

// Each step is a day: the rate, and the one of a week before.
func TestWindowRollsAndCountsFromItsFiringUntilItHasRolledPast(t *testing.T) {
	tests := []struct {
		name, words string
		days        [][2]string
		fires       []int
	}{
		{"fires when the change over the window is reached", "usd/kzt +2% 7d", [][2]string{{"500", "499"}, {"508", "499"}, {"509", "499"}}, []int{2}},
		{"one that is beyond already waits", "usd/kzt +2% 7d", [][2]string{{"510", "499"}, {"511", "499"}, {"505", "500"}, {"511", "500"}}, []int{3}},
		{"waits for history", "usd/kzt +2% 7d", [][2]string{{"500", ""}, {"520", ""}, {"520", "519"}, {"531", "520"}}, []int{3}},
		{"counts from its firing", "usd/kzt +2% 7d repeat", [][2]string{{"500", "500"}, {"510", "500"}, {"515", "500"}, {"521", "500"}}, []int{1, 3}},
		{"and over the window again once that lies before it", "usd/kzt +2% 7d repeat", [][2]string{
			{"500", "500"}, {"510", "500"}, {"511", "500"}, {"511", "500"}, {"511", "500"}, {"511", "500"}, {"511", "500"}, {"511", "500"}, {"511", "510"}, {"520", "511"}, {"522", "511"},
		}, []int{1, 10}},
		{"a fall", "usd/kzt -2% 7d", [][2]string{{"500", "500"}, {"491", "500"}, {"490", "500"}}, []int{2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := Parse(tt.words, noon)
			if err != nil {
				t.Fatal(err)
			}
			a, err := New(w.Terms, 7, shown(noon, tt.days[0][0], tt.days[0][1]))
			if err != nil {
				t.Fatal(err)
			}
			var fires []int
			for i, d := range tt.days {
				var fired Side
				if a, fired = a.Step(shown(noon.AddDate(0, 0, i), d[0], d[1])); fired != Either {
					fires = append(fires, i)
				}
			}
			if !slices.Equal(fires, tt.fires) {
				t.Errorf("fired on days %v, want %v", fires, tt.fires)
			}
		})
	}
}

func TestMutedAlertIsLeftAloneForADay(t *testing.T) {
	w, _ := Parse("usd/kzt > 550 repeat", noon)
	a, err := New(w.Terms, 7, shown(noon, "500", ""))
	if err != nil {
		t.Fatal(err)
	}
	a = a.Mute(noon.Add(24 * time.Hour))
	if got := a.QuietRange(); got.High.Valid || got.Low.Valid {
		t.Errorf("a muted alert may be reached: %v", got)
	}
	if a.NextWake() != noon.Add(24*time.Hour) {
		t.Errorf("due %s", a.NextWake())
	}
	a, fired := a.Step(shown(noon.Add(23*time.Hour), "551", ""))
	if fired != Either {
		t.Error("it rang while it was muted")
	}
	if _, fired = a.Step(shown(noon.Add(24*time.Hour), "551", "")); fired != Up {
		t.Error("it did not ring afterwards")
	}
}

// Whatever a reading is, an alert outside whose calm range it lies is the only one that
// it changes: that is what the range scan rests on.
func TestOnlyWhatIsReachedChanges(t *testing.T) {
	for _, words := range []string{"usd/kzt > 505", "usd/kzt < 495 repeat", "usd/kzt 1% repeat", "usd/kzt +2%", "usd/kzt -2% 7d repeat"} {
		w, err := Parse(words, noon)
		if err != nil {
			t.Fatal(err)
		}
		for start := 490; start <= 510; start += 3 {
			a, err := New(w.Terms, 7, shown(noon, fmt.Sprint(start), "500"))
			if errors.Is(err, ErrEqual) {
				continue
			}
			for i, rate := range []int{500, 496, 494, 490, 499, 507, 512, 500, 488} {
				r := shown(noon.Add(time.Duration(i+1)*2*time.Hour), fmt.Sprint(rate), "500")
				value, _ := r.Of(a.Gauge())
				quiet := a.QuietRange().Side(value) == Either
				next, fired := a.Step(r)
				if quiet && (fired != Either || next != a) {
					t.Fatalf("%s from %d: %d changed it, though it lies within %v", words, start, rate, a.QuietRange())
				}
				a = next
			}
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		words, pair, want string
		err               error
	}{
		{"USD/KZT > 550", "USD/KZT", "> 550", nil},
		{"usd/kzt>550", "USD/KZT", "> 550", nil},
		{"USD/KZT >= 550", "USD/KZT", "> 550", nil},
		{"USD/KZT below 500", "USD/KZT", "< 500", nil},
		{"kzt 550", "USD/KZT", "550", nil},
		{"usd kzt 550", "USD/KZT", "550", nil},
		{"uzs 12 500", "USD/UZS", "12500", nil},
		{"uzs above 12,500.50", "USD/UZS", "> 12500.5", nil},
		{"rub tjs выше 0,13", "RUB/TJS", "> 0.13", nil},
		{"USDKZT > 0,018", "USD/KZT", "> 0.018", nil},
		{"доллар к тенге выше 550", "USD/KZT", "> 550", nil},
		{"KZT/USD <= 0.0018", "KZT/USD", "< 0.0018", nil},
		{"USD/KZT +2% 7d", "USD/KZT", "+2% 7d", nil},
		{"USD/KZT падение 2% за неделю", "USD/KZT", "-2% 7d", nil},
		{"usd/kzt drops 2 percent in a month repeat", "USD/KZT", "-2% 30d repeat", nil},
		{"usd/kzt 2% over 7 days", "USD/KZT", "2% 7d", nil},
		{"рост USD/KZT на 1,5 % за день", "USD/KZT", "+1.5% 1d", nil},
		{"RUB/TJS 1%", "RUB/TJS", "1%", nil},
		{"RUB/TJS −1%", "RUB/TJS", "-1%", nil},
		{"#12 USD/KZT > 550 repeat", "USD/KZT", "> 550 repeat", nil},
		{"USD/KZT > 550 until 2026-12-31", "USD/KZT", "> 550", nil},
		{"USD/KZT > 550 до 31.12.2026", "USD/KZT", "> 550", nil},
		{"USD/KZT high 30d", "USD/KZT", "high 30d", nil},
		{"usd/kzt new low of 90 days repeat", "USD/KZT", "low 90d repeat", nil},
		{"доллар максимум за 30 дней", "USD/KZT", "high 30d", nil},
		{"минимум рубля за неделю", "USD/RUB", "low 7d", nil},
		{"kzt high", "USD/KZT", "high 30d", nil},
		{"USD/KZT high 1d", "", "", ErrSpan},
		{"USD/KZT high 366d", "", "", ErrSpan},
		{"USD/KZT high low 30d", "", "", ErrForm},
		{"USD/KZT high 30d > 550", "", "", ErrForm},
		{"USD/KZT 2 percent", "USD/KZT", "2%", nil},
		{"usd/kzt 2процента", "USD/KZT", "2%", nil},
		{"usd/kzt на 2 процента, за неделю", "USD/KZT", "2% 7d", nil},
		{"usd/kzt +2 процента.", "USD/KZT", "+2%", nil},
		{"2 percent, usd/kzt", "USD/KZT", "2%", nil},
		{"usd/kzt 2 per cent, 7 days.", "USD/KZT", "2% 7d", nil},
		{"usd/kzt в 2 процентах", "USD/KZT", "2%", nil},
		{"usd/kzt 2% 7дн.", "USD/KZT", "2% 7d", nil},
		{"usd/kzt 2% 7 дн.", "USD/KZT", "2% 7d", nil},
		{"USD/KZT > 1e3", "", "", ErrLevel}, // nobody writes rates so
		{"USD/KZT 2 per cent in 7 days", "USD/KZT", "2% 7d", nil},
		{"", "", "", ErrForm},
		{"USD/KZT", "", "", ErrForm},
		{"550", "", "", ErrForm},
		{"USD/KZT > 550 560", "", "", ErrForm},
		{"USD/KZT > 550 2%", "", "", ErrForm},
		{"USD/KZT/EUR > 5", "", "", ErrForm},
		{"USD/KZT > 0", "", "", ErrLevel},
		{"USD/KZT > -5", "", "", ErrLevel},
		{"USD/KZT > 1e99", "", "", ErrLevel},
		{"USD/KZT > 9999999999999", "", "", ErrLevel},
		{"USD/KZT 1000000000000%", "", "", ErrPercent},
		{"USD/KZT 10^12 %", "", "", ErrPercent},
		{"USD/KZT 0%", "", "", ErrPercent},
		{"USD/KZT -100%", "", "", ErrPercent},
		{"USD/KZT 2% 3d", "", "", ErrWindow},
		{"cash USD/TJS buy > 9.30", "USD/TJS", "cash:buy > 9.3", nil},
		{"cash USD/TJS > 9.30", "USD/TJS", "cash:sell > 9.3", nil},
		{"USD/TJS < 9.20 cash", "USD/TJS", "cash:buy < 9.2", nil},
		{"sell USD/TJS > 9.30 repeat", "USD/TJS", "cash:sell > 9.3 repeat", nil},
		{"продать доллар за наличные в Алматы дороже 530", "USD/KZT", "cash:sell:almaty > 530", nil},
		{"купить евро в Бишкеке дешевле 100", "EUR/KGS", "cash:buy:bishkek < 100", nil},
		{"card EUR/KZT buy 2%", "EUR/KZT", "card:buy 2%", nil},
		{"best transfer rate RUB/TJS > 0.13", "RUB/TJS", "transfer:sell > 0.13", nil},
		{"cash:sell:almaty USD/KZT +1%", "USD/KZT", "cash:sell:almaty +1%", nil},
		{"USD/KZT gap > 2%", "USD/KZT", "cash:buy gap > 2%", nil},
		{"USD/KZT cash sell gap < -1%", "USD/KZT", "cash:sell gap < -1%", nil},
		{"USD/KZT 2% gap", "USD/KZT", "cash:buy gap 2%", nil},
		{"USD/KZT gap -1.5%", "USD/KZT", "cash:buy gap < -1.5%", nil},
		{"USD/KZT gap > -1%", "USD/KZT", "cash:buy gap > -1%", nil},
		{"USD/UZS продажа разрыв больше 3 процентов", "USD/UZS", "cash:sell gap > 3%", nil},
		{"USD/KZT farq 2% naqd", "USD/KZT", "cash:buy gap 2%", nil},
		{"доллар в казахстане выше 550", "USD/KZT", "> 550", nil}, // a country alone is no counter
		{"cash USD/KZT +2% 7d", "", "", ErrMarket},
		{"cash USD/KZT high 30d", "", "", ErrMarket},
		{"USD/KZT gap 2% 7d", "", "", ErrMarket},
		{"USD/KZT gap", "", "", ErrForm},
		{"USD/KZT gap >", "", "", ErrForm},
		{"USD/KZT cash < 9.1 gap", "", "", ErrForm}, // a price is no percentage
		{"доллар разрыв –1%", "USD/KZT", "cash:buy gap < -1%", nil},
		{"доллар на 2% выше официального", "USD/KZT", "cash:buy gap > 2%", nil},
		{"usd/kzt 2% above official", "USD/KZT", "cash:buy gap > 2%", nil},
		{"напомни продать 500 долларов в Душанбе", "", "", ErrForm}, // an amount is no level
		{"remind me to buy 500 dollars", "", "", ErrForm},
		{"продать 500 usd", "", "", ErrForm},
		{"доллар 530 теңгеден қымбат болса", "USD/KZT", "> 530", nil},
		{"доллар дешевеет на 2%", "USD/KZT", "-2%", nil},
		{"доллар дорожает до 550", "", "", ErrUntil},
		{"доллар в обменнике дороже 530", "USD/KZT", "cash:sell > 530", nil},
		{"доллар в банках выше 550", "USD/KZT", "cash:sell > 550", nil},
		{"банки продают доллар в Алматы дешевле 530", "USD/KZT", "cash:buy:almaty < 530", nil},
		{"banks buy usd/kzt above 530", "USD/KZT", "cash:sell > 530", nil},
		{"курс покупки доллара выше 530", "USD/KZT", "cash:sell > 530", nil},
		{"USD/TJS cash:sell:almaty > 9.4", "", "", ErrCity},
		{"cash USD/TJS almaty > 9.4", "", "", ErrCity},
		{"USD/TJS cash toshkentaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa > 9.4", "", "", ErrCity},
		{"доллар в уральске наличные > 530", "", "", ErrCity},
		{"Toshkentda dollar naqd 12600 dan qimmat bo‘lsa", "USD/UZS", "cash:sell:tashkent > 12600", nil},
		{"доллар (almaty), «наличные», дороже 530", "USD/KZT", "cash:sell:almaty > 530", nil},
		{"доллар в г. Алматы наличные дороже 530", "USD/KZT", "cash:sell:almaty > 530", nil},
		{"доллар 2%-дан асса", "USD/KZT", "+2%", nil},
		{"USD/KZT gap 0%", "", "", ErrPercent},
		{"USD/KZT gap < -100%", "", "", ErrPercent},
		{"USD/KZT gap 2% 3%", "", "", ErrForm},
		{"cash USD/KZT", "", "", ErrForm},
		{"cash:rob USD/KZT > 5", "", "", rates.ErrUnknownCurrency},
		{"USD/XYZ > 5", "", "", rates.ErrUnknownCurrency},
		{"USD/USD > 5", "", "", rates.ErrSamePair},
		{"USD/KZT > 550 until 2026-03-31", "", "", ErrUntil},
		{"USD/KZT > 550 until", "", "", ErrUntil},
	}
	for _, tt := range tests {
		w, err := Parse(tt.words, noon)
		if !errors.Is(err, tt.err) {
			t.Errorf("Parse(%q): err = %v, want %v", tt.words, err, tt.err)
			continue
		}
		if err == nil && (w.Pair.String() != tt.pair || w.Words() != tt.want) {
			t.Errorf("Parse(%q) = %s %s, want %s %s", tt.words, w.Pair, w.Words(), tt.pair, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("USD/KZT > 550 repeat until 2026-12-31")
	f.Add("kzt ниже 500,5")
	f.Add("#3 rub/tjs +2 % за неделю")
	f.Add("usd/kzt low 90d repeat")
	f.Add("продать доллар в Алматы > 530")
	f.Add("usd/kzt cash:buy:almaty gap < -1%")
	f.Fuzz(func(t *testing.T, words string) {
		w, err := Parse(words, noon)
		if err != nil {
			return
		}
		if terms := w.Terms; w.Pair.Base == w.Pair.Quote || kindOf(w.Kind).check(&terms) != nil {
			t.Errorf("Parse(%q) = %+v", words, w)
		}
		again, err := Parse(w.Pair.String()+" "+w.Words(), noon)
		if err != nil || again.Words() != w.Words() || again.Pair != w.Pair {
			t.Errorf("Parse(%q) writes itself as %q, which reads as %q, %v", words, w.Words(), again.Words(), err)
		}
		a, err := New(w.Terms, 7, shown(noon, "500", "490"))
		if err == nil {
			a.Step(shown(noon.Add(time.Hour), "600", "490"))
		}
	})
}
