package message

import (
	"strconv"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/rates"
)

// An AlertDialog is what has been chosen so far of an alert that is asked for by
// buttons. Each button carries it all: nothing is kept between two of them.
type AlertDialog struct {
	Pair     rates.Pair
	Reading  alert.Reading
	Replaces int64 // the alert that is being changed; 0: a new one
}

// What a dialog is asked for once its pair is chosen.
const (
	AskLevel   = "level"
	AskPercent = "percent"
)

// data is the dialog's next step as a button's data.
func (d AlertDialog) data(rest string) string {
	out := "alert ask "
	if d.Replaces != 0 {
		out += "#" + strconv.FormatInt(d.Replaces, 10) + " "
	}
	out += d.Pair.String()
	if rest != "" {
		out += " " + rest
	}
	return out
}

// AskPair asks which rate an alert is to watch.
func (v Voice) AskPair(pairs []rates.Pair, replaces int64) Message {
	var rows [][]Button
	for i, p := range pairs {
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		d := AlertDialog{Pair: p, Replaces: replaces}
		rows[len(rows)-1] = append(rows[len(rows)-1], Button{Label: flagOf(p.Quote) + " " + p.String(), Data: d.data("")})
	}
	return v.message(paragraphs(
		"🔔 "+bold(v.t("alert.title")),
		v.t("alert.how"),
		lines(code("/alert USD/KZT &gt; 550"), code("/alert kzt below 450 repeat"), code("/alert USD/KZT +2% 7d"), code("/alert RUB/TJS 1% until 2027-12-31")),
		v.t("alert.choose"),
	), rows...)
}

// head is what every later step of the dialog begins with.
func (v Voice) head(d AlertDialog) html {
	return lines("🔔 "+bold(text(d.Pair.String())), v.t("alert.now", "Rate", v.rate(d.Reading.Rate.Value), "Quote", string(d.Pair.Quote))+text(" · ")+italic(v.origin(d.Reading.Rate)))
}

func (v Voice) backTo(data string) []Button {
	return []Button{{Label: v.label("button.back"), Data: data}}
}

// AskKind asks whether an alert is on a level or on a percentage.
func (v Voice) AskKind(d AlertDialog) Message {
	back := "alert ask"
	if d.Replaces != 0 {
		back += " #" + strconv.FormatInt(d.Replaces, 10)
	}
	return v.message(paragraphs(v.head(d), v.t("alert.ask_kind")), []Button{
		{Label: v.label("alert.kind_level"), Data: d.data(AskLevel)},
		{Label: v.label("alert.kind_percent"), Data: d.data(AskPercent)},
	}, v.backTo(back))
}

// AskLevel offers levels around the present rate.
func (v Voice) AskLevel(d AlertDialog) Message {
	var below, above []Button
	for _, step := range []int64{1, 2, 5} {
		for _, side := range []int64{-1, 1} {
			level := round(d.Reading.Rate.Value.Mul(decimal.New(1000+side*step*10, -3)))
			w := alert.Wish{Kind: alert.Level, Direction: int(side), Amount: level}
			key := Button{Label: map[int64]string{1: "> ", -1: "< "}[side] + v.level(level), Data: d.data(w.Words())}
			if side < 0 {
				below = append([]Button{key}, below...)
			} else {
				above = append(above, key)
			}
		}
	}
	return v.message(paragraphs(v.head(d), v.t("alert.ask_level"), code(text("/alert "+d.Pair.String()+" > "+round(d.Reading.Rate.Value.Mul(decimal.New(103, -2))).String()))),
		below, above, v.backTo(d.data("")))
}

// AskPercent offers changes, from now and over a week.
func (v Voice) AskPercent(d AlertDialog) Message {
	var rows [][]Button
	for _, window := range []int{0, 7} {
		for _, direction := range []int{0, 1, -1} {
			var row []Button
			for _, amount := range []int64{1, 2, 5} {
				w := alert.Wish{Kind: alert.Percent, Direction: direction, Amount: decimal.NewFromInt(amount), Window: window}
				label := map[int]string{1: "+", -1: "−", 0: "±"}[direction] + v.level(w.Amount) + "%"
				if window > 0 {
					label += " · " + v.label("alert.window", "N", window)
				}
				row = append(row, Button{Label: label, Data: d.data(w.Words())})
			}
			rows = append(rows, row)
		}
	}
	return v.message(paragraphs(v.head(d), v.t("alert.ask_percent"), code(text("/alert "+d.Pair.String()+" +3% 30d"))), append(rows, v.backTo(d.data("")))...)
}

// AskOften asks whether an alert rings once or each time.
func (v Voice) AskOften(d AlertDialog, w alert.Wish) Message {
	once := w.Words() + " once"
	w.Repeat = true
	return v.message(paragraphs(v.head(d), v.t("alert.ask_often", "Condition", v.condition(asked(w)))), []Button{
		{Label: v.label("alert.once"), Data: d.data(once)},
		{Label: v.label("alert.repeat"), Data: d.data(w.Words())},
	}, v.backTo(d.data(string(w.Kind))))
}

func asked(w alert.Wish) alert.Alert {
	return alert.Alert{Pair: w.Pair, Kind: w.Kind, Direction: w.Direction, Amount: w.Amount, Window: w.Window, Repeat: w.Repeat}
}

// AskYes shows what an alert would do and asks for a yes.
func (v Voice) AskYes(d AlertDialog, w alert.Wish, a alert.Alert) Message {
	words := "alert "
	if d.Replaces != 0 {
		words += "#" + strconv.FormatInt(d.Replaces, 10) + " "
	}
	words += d.Pair.String() + " " + w.Words()
	return v.message(paragraphs(v.head(d), v.plan(a)), []Button{
		{Label: v.label("button.set_alert"), Data: words},
	}, v.backTo(d.data(string(w.Kind))))
}

// round keeps three significant digits: a level that a person would name.
func round(d decimal.Decimal) decimal.Decimal { return d.Round(2 - magnitude(d)) }
