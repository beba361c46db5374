// An outside judge for the ledger: golang.org/x/mod/sumdb, the Go project's own log client, from Debian's
// golang-golang-x-mod-dev. It shares no code with Namekeep and defined the formats that C2SP wrote down.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run tests/judges/tlog/main.go -key VKEY -folder DIR -proof FILE
//
// -folder checks a folder in tlog-tiles layout: the signature of the checkpoint, its root and every tile against a tree
// built anew from the entries. -proof checks a file written by `namekeep ledger prove`. Ends with 1 if anything does not hold.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Hashes in a full tile are 2 to this power (C2SP tlog-tiles).
const tileHeight = 8

func main() {
	key := flag.String("key", "", "the log's public key, as `namekeep ledger key` prints it")
	folder := flag.String("folder", "", "a folder in tlog-tiles layout")
	proof := flag.String("proof", "", "a proof written by `namekeep ledger prove`")
	flag.Parse()
	if err := run(*key, *folder, *proof); err != nil {
		fmt.Fprintln(os.Stderr, "does not hold:", err)
		os.Exit(1)
	}
}

func run(key, folder, proof string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return fmt.Errorf("the key: %w", err)
	}
	if folder == "" && proof == "" {
		return errors.New("nothing was given to check: name a -folder or a -proof")
	}
	if folder != "" {
		if err := checkFolder(folder, verifier); err != nil {
			return fmt.Errorf("the folder: %w", err)
		}
	}
	if proof != "" {
		if err := checkProof(proof, verifier); err != nil {
			return fmt.Errorf("the proof: %w", err)
		}
	}
	return nil
}

// The tree that a signed checkpoint states.
func openCheckpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("it is no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// Builds the tree anew from the entries, and compares its root and every tile of it with what the folder holds.
func checkFolder(folder string, verifier note.Verifier) error {
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(text, verifier)
	if err != nil {
		return err
	}
	hashes, err := hashEntries(folder, tree.N)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("its entries do not make the root that was signed")
	}
	tiles := tilesOf(tree.N)
	for _, tile := range tiles {
		if err := checkTile(folder, tile, hashes); err != nil {
			return err
		}
	}
	fmt.Printf("folder: %d entries make the root that %s signed, and %d tiles\n", tree.N, verifier.Name(), len(tiles))
	return nil
}

// All hashes of a tree in the order in which the log client stores them.
type storedHashes []tlog.Hash

func (hashes storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		if index >= int64(len(hashes)) {
			return nil, fmt.Errorf("hash %d is beyond the tree", index)
		}
		found = append(found, hashes[index])
	}
	return found, nil
}

func hashEntries(folder string, size int64) (storedHashes, error) {
	var hashes storedHashes
	for first := int64(0); first < size; first += 1 << tileHeight {
		tile := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: int(min(size-first, 1<<tileHeight))}
		path := pathOf(folder, tile, "tile/entries/")
		entries, err := readBundle(path)
		if err != nil {
			return nil, err
		}
		if len(entries) != tile.W {
			return nil, fmt.Errorf("%s holds %d entries and must hold %d", path, len(entries), tile.W)
		}
		for i, entry := range entries {
			made, err := tlog.StoredHashesForRecordHash(first+int64(i), tlog.RecordHash(entry), hashes)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, made...)
		}
	}
	return hashes, nil
}

// Every tile of a tree, the last of each level as wide as it is.
func tilesOf(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level := 0; size > 0; level++ {
		for first := int64(0); first < size; first += 1 << tileHeight {
			width := int(min(size-first, 1<<tileHeight))
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: first >> tileHeight, W: width})
		}
		size >>= tileHeight
	}
	return tiles
}

func checkTile(folder string, tile tlog.Tile, hashes storedHashes) error {
	expected, err := tlog.ReadTileData(tile, hashes)
	if err != nil {
		return err
	}
	path := pathOf(folder, tile, fmt.Sprintf("tile/%d/", tile.L))
	found, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(expected, found) {
		return fmt.Errorf("%s is not the tile that the entries make", path)
	}
	return nil
}

// Where a tile lies; C2SP leaves the tile height, which the log client has in its paths, out of them.
func pathOf(folder string, tile tlog.Tile, prefix string) string {
	own := fmt.Sprintf("tile/%d/%d/", tile.H, tile.L)
	return filepath.Join(folder, prefix+strings.TrimPrefix(tile.Path(), own))
}

// Entries behind 16-bit lengths (C2SP tlog-tiles, "Log Entries").
func readBundle(path string) ([][]byte, error) {
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
			return nil, fmt.Errorf("%s ends inside an entry", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		entries, rest = append(entries, rest[2:end]), rest[end:]
	}
	return entries, nil
}

// A proof file; unknown fields are for its writer.
type proofFile struct {
	Subject    string
	Checkpoint string
	Entries    []struct {
		Index int64
		Entry string
		Body  *string
		Salt  *string
		Path  []string
	}
}

func checkProof(path string, verifier note.Verifier) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file proofFile
	if err := json.Unmarshal(text, &file); err != nil {
		return err
	}
	tree, err := openCheckpoint([]byte(file.Checkpoint), verifier)
	if err != nil {
		return err
	}
	if len(file.Entries) == 0 {
		return errors.New("it proves nothing: it has no entries")
	}
	for _, item := range file.Entries {
		var audit tlog.RecordProof
		for _, text := range item.Path {
			hash, err := tlog.ParseHash(text)
			if err != nil {
				return err
			}
			audit = append(audit, hash)
		}
		if err := tlog.CheckRecord(audit, tree.N, tree.Hash, item.Index, tlog.RecordHash([]byte(item.Entry))); err != nil {
			return fmt.Errorf("entry %d: %w", item.Index, err)
		}
		if err := checkContent(file.Subject, item.Entry, item.Body, item.Salt); err != nil {
			return fmt.Errorf("entry %d: %w", item.Index, err)
		}
	}
	fmt.Printf("proof: %d entries about %s are in the tree of %d entries that %s signed\n", len(file.Entries), file.Subject, tree.N, verifier.Name())
	return nil
}

// The entry is about the subject, and a body that is shown is the one it commits to.
func checkContent(subject, entry string, body, salt *string) error {
	lines := strings.Split(entry, "\n")
	if len(lines) != 8 || lines[4] != subject {
		return fmt.Errorf("it is not about %s", subject)
	}
	if body == nil {
		return nil
	}
	if salt == nil {
		return errors.New("it shows a body without its salt")
	}
	salted, err := base64.StdEncoding.DecodeString(*salt)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append(salted, *body...))
	if base64.StdEncoding.EncodeToString(sum[:]) != lines[6] {
		return errors.New("its body is not the one it commits to")
	}
	return nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
