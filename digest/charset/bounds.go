package charset

import (
	"bytes"
	"errors"
)

// What a document of marks (XML) may hold at most: its readers keep all of it at once, some fifty
// times its size.
const (
	maxNested     = 60
	maxMarks      = 100_000
	maxAttributes = 200     // of one element
	maxPlain      = 1 << 20 // bytes of one text, which its readers copy several times
)

// ErrUnbounded says that a document is made to take memory and time.
var ErrUnbounded = errors.New("it nests too deep or has too many elements")

// Bounded refuses a document that is made to take memory and time: nested without end, or of
// nothing but elements, attributes or one text. It passes over the document once and keeps nothing of
// it. Of what is no markup (JSON may come where XML may) only the marks in it count.
func Bounded(markup []byte) error {
	depth, marks := 0, 0
	isMarkup := bytes.HasPrefix(bytes.TrimSpace(markup), []byte("<"))
	tooLong := func(end int) bool { return isMarkup && end > maxPlain }
	for {
		begin := bytes.IndexByte(markup, '<')
		if tooLong(begin) {
			return ErrUnbounded
		}
		if begin < 0 {
			return nil
		}
		markup = markup[begin:]
		if bytes.HasPrefix(markup, []byte("<![CDATA[")) {
			end := bytes.Index(markup, []byte("]]>"))
			if tooLong(end) {
				return ErrUnbounded
			}
			if end < 0 {
				return nil
			}
			markup = markup[end:]
			continue
		}
		end := bytes.IndexByte(markup, '>')
		if end < 0 {
			end = len(markup) - 1 // what follows is one element that does not end
		}
		mark := markup[:end]
		marks++
		switch {
		case bytes.HasPrefix(mark, []byte("</")):
			depth--
		case bytes.HasPrefix(mark, []byte("<!")), bytes.HasPrefix(mark, []byte("<?")), bytes.HasSuffix(mark, []byte("/")):
		default:
			depth++
		}
		if depth > maxNested || marks > maxMarks || bytes.Count(mark, []byte("=")) > maxAttributes+bytes.Count(mark, []byte("&")) {
			return ErrUnbounded
		}
		markup = markup[end+1:]
	}
}
