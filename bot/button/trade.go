package button

import "strings"

// Trade asks for a country's trade profile, ISO 3166 alpha-3.
func Trade(country string) string { return data("trade", country) }

// TradeCompare asks for the countries of the region side by side.
func TradeCompare() string { return data("trade", compareWord) }

// TradeSentences asks for the sentences behind a country's figures.
func TradeSentences(country string) string { return data("trade", sentencesWord, country) }

// TradePicture asks for a picture of a country's partners in one flow.
func TradePicture(country, flow string) string { return data("trade", pictureWord, country, flow) }

const (
	compareWord   = "compare"
	sentencesWord = "sentences"
	pictureWord   = "picture"
)

// A TradeAsk is what the arguments of /trade ask for.
type TradeAsk struct {
	Compare, Sentences, Picture bool   // at most one of them; none is the profile
	Names                       string // of one country or two, however they are written
	Flow                        string // of a picture
}

// ParseTrade reads the arguments of /trade. What its names mean is for the reader of names.
func ParseTrade(args string) TradeAsk {
	word, rest, _ := strings.Cut(args, " ")
	switch word {
	case compareWord:
		return TradeAsk{Compare: true}
	case sentencesWord:
		return TradeAsk{Sentences: true, Names: rest}
	case pictureWord:
		name, flow, _ := strings.Cut(rest, " ")
		return TradeAsk{Picture: true, Names: name, Flow: flow}
	}
	return TradeAsk{Names: args}
}
