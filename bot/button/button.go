// Package button is what the buttons of inline keyboards ask. A button's data is a
// command line without the slash, so that a command answers both who types and who
// presses. For each family of commands the constructor of its data and the parser of its
// arguments stand side by side here: message makes buttons, bot reads them, and neither
// knows how they are written.
package button

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxData is the size of a button's data in bytes.
// Source: https://core.telegram.org/bots/api#inlinekeyboardbutton
const maxData = 64

// FreshMark begins the data of a button whose answer is a message of its own.
const FreshMark = "+"

// data joins a command and its arguments, without the empty ones. Data that is too long
// for a button is a fault of the program: what a person wrote is cut before it.
func data(command string, args ...string) string {
	line := join(command, args...)
	if !fits(line) {
		panic(fmt.Sprintf("the button %q is longer than %d bytes", line, maxData))
	}
	return line
}

func join(command string, args ...string) string {
	return strings.Join(append([]string{command}, slices.DeleteFunc(args, func(a string) bool { return a == "" })...), " ")
}

func fits(line string) bool { return len(FreshMark)+len(line) <= maxData }

// Open asks for a command without arguments.
func Open(command string) string { return data(command) }

// Fresh marks data whose answer is a message of its own.
func Fresh(data string) string { return FreshMark + data }

// For has a button act on another chat than the one it is pressed in: an administrator sets
// up a channel from its private chat. It is false where the data would be too long.
func For(chat int64, data string) (string, bool) {
	line := chatMark + strconv.FormatInt(chat, 36) + " " + data
	return line, fits(line)
}

const chatMark = "@"

// ParseChat reads the chat that For names, from where Split returns a command.
func ParseChat(word string) (chat int64, ok bool) {
	id, ok := strings.CutPrefix(word, chatMark)
	chat, err := strconv.ParseInt(id, 36, 64)
	return chat, ok && err == nil && chat < 0
}

// Split takes a button's data apart.
func Split(data string) (command, args string, fresh bool) {
	data, fresh = strings.CutPrefix(data, FreshMark)
	command, args, _ = strings.Cut(data, " ")
	return command, strings.TrimSpace(args), fresh
}

// Ask asks for a command with arguments as somebody would type them, without those where they
// are too long for a button.
func Ask(command, args string) string {
	if line := join(command, args); fits(line) {
		return line
	}
	return data(command)
}
