// Reads what we write with code that is not ours: notes and trees of golang.org/x/mod/sumdb, as Debian packages them
// (golang-go, golang-golang-x-mod-dev). A job in JSON on stdin, one word a question on stdout: ok, or why not.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index, Size int64
	Leaf, Root  string
	Proof       []string
}

type consistency struct {
	OldSize, Size int64
	OldRoot, Root string
	Proof         []string
}

type job struct {
	Inclusion   []inclusion
	Consistency []consistency
	// Folders of unpacked bundles that show a whole log.
	Bundles []string
}

func main() {
	var j job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		panic(err)
	}
	for _, p := range j.Inclusion {
		say(checked(func() error {
			return tlog.CheckRecord(hashes(p.Proof), p.Size, hash(p.Root), p.Index, hash(p.Leaf))
		}))
	}
	for _, p := range j.Consistency {
		say(checked(func() error {
			return tlog.CheckTree(hashes(p.Proof), p.Size, hash(p.Root), p.OldSize, hash(p.OldRoot))
		}))
	}
	for _, folder := range j.Bundles {
		say(checked(func() error { return checkBundle(folder) }))
	}
}

func say(err error) {
	if err == nil {
		fmt.Println("ok")
	} else {
		fmt.Println(strings.ReplaceAll(err.Error(), "\n", " "))
	}
}

// A size or an index that no proof can have makes the library panic; that is a no as well.
func checked(check func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return check()
}

func checkBundle(folder string) error {
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			panic(err)
		}
		return data
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read("trust/log.vkey"))))
	if err != nil {
		return err
	}
	opened, err := note.Open(read("proof/checkpoint"), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || len(lines) != 4 || lines[0] != verifier.Name() {
		return fmt.Errorf("not a checkpoint of three lines")
	}

	leaves := read("proof/leaves.bin")
	store := memory{}
	n := int64(0)
	scanner := bufio.NewScanner(bytes.NewReader(read("entries.jsonl")))
	for scanner.Scan() {
		leaf := tlog.RecordHash(scanner.Bytes())
		if !bytes.Equal(leaf[:], leaves[32*n:32*n+32]) {
			return fmt.Errorf("entry %d is not what its leaf hash is of", n)
		}
		made, err := tlog.StoredHashesForRecordHash(n, leaf, store)
		if err != nil {
			return err
		}
		store = append(store, made...)
		n++
	}
	root, err := tlog.TreeHash(n, store)
	if err != nil {
		return err
	}
	if n != size || root != hash(lines[2]) {
		return fmt.Errorf("the entries do not lead to the root")
	}
	return nil
}

// memory is a tlog.HashReader of hashes in the order in which they are stored.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = m[index]
	}
	return found, nil
}

func hash(text string) (h tlog.Hash) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(bytes) != tlog.HashSize {
		panic("not a hash: " + text)
	}
	copy(h[:], bytes)
	return h
}

func hashes(texts []string) []tlog.Hash {
	all := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		all[i] = hash(text)
	}
	return all
}
