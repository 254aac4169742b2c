package bolt

import (
	"encoding/json"
	"os"

	"weir/store"
)

// holder says who has the store open, for whoever finds it locked (XK05). It
// lies beside the store and is believed only while the lock is taken, so that
// what a killed process left behind misleads nobody.
type holder struct {
	PID     int    `json:"pid"`
	Command string `json:"command,omitempty"`
}

func holderPath(path string) string { return path + ".holder" }

func writeHolder(path, command string) error {
	text, err := json.Marshal(holder{PID: os.Getpid(), Command: command})
	if err != nil {
		return err
	}
	return os.WriteFile(holderPath(path), text, 0o600)
}

// Held is the error for a store that somebody holds, with whom as far as that
// can be read.
func Held(path string) error { return heldError(path) }

// heldError tells who holds the store, as far as it can be read.
func heldError(path string) *store.HeldError {
	held := &store.HeldError{Path: path}
	text, err := os.ReadFile(holderPath(path))
	if err != nil {
		return held
	}
	var h holder
	if json.Unmarshal(text, &h) == nil {
		held.PID, held.Command = h.PID, h.Command
	}
	return held
}
