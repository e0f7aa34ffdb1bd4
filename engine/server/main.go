// A Temporal server in one program: SQLite storage, the web UI, and the command line of
// `temporal server start-dev`, so that one launcher can start either.
//
//	temporal-server server start-dev --port 7233 --db-filename data.db --namespace perennial
//
// It prints "ready <address>" once the frontend answers, and ends on SIGTERM or SIGINT.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// The server that `--version` names; the launcher compares it with what Perennial needs.
const serverVersion = "1.32.0"

type options struct {
	ip, uiIP         string
	port, uiPort     int
	headless         bool
	dbFilename       string
	logLevel         string
	namespaces       list
	searchAttributes pairs
	dynamicConfig    pairs
	sqlitePragmas    pairs
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

// pairs is a flag of the form name=value that may be given several times; the last one wins.
type pairs map[string]string

func (p pairs) String() string { return fmt.Sprint(map[string]string(p)) }
func (p pairs) Set(pair string) error {
	name, value, found := strings.Cut(pair, "=")
	if !found {
		return fmt.Errorf("%q is not of the form name=value", pair)
	}
	p[name] = value
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "temporal-server:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 1 && args[0] == "--version" {
		fmt.Printf("temporal-server perennial (Server %s)\n", serverVersion)
		return nil
	}
	if len(args) < 2 || args[0] != "server" || args[1] != "start-dev" {
		return fmt.Errorf("usage: temporal-server server start-dev [flags], or temporal-server --version")
	}
	o, err := parseOptions(args[2:])
	if err != nil {
		return err
	}

	stopRequested := make(chan os.Signal, 1)
	signal.Notify(stopRequested, syscall.SIGTERM, syscall.SIGINT)

	server, err := startServer(o)
	if err != nil {
		return err
	}
	address := net.JoinHostPort(o.ip, fmt.Sprint(o.port))
	if err := waitUntilServing(address, 30*time.Second); err != nil {
		return err
	}
	fmt.Println("ready", address)

	<-stopRequested
	// A second signal ends it at once: SQLite's write-ahead log makes that safe.
	go func() { <-stopRequested; os.Exit(1) }()
	server.stop()
	return nil
}

func parseOptions(args []string) (options, error) {
	o := options{searchAttributes: pairs{}, dynamicConfig: pairs{}, sqlitePragmas: pairs{}}
	flags := flag.NewFlagSet("server start-dev", flag.ContinueOnError)
	flags.StringVar(&o.ip, "ip", "127.0.0.1", "address to listen on")
	flags.StringVar(&o.uiIP, "ui-ip", "", "address of the web UI (default: --ip)")
	flags.IntVar(&o.port, "port", 7233, "gRPC port")
	flags.IntVar(&o.uiPort, "ui-port", 0, "port of the web UI (default: --port + 1000)")
	flags.BoolVar(&o.headless, "headless", false, "no web UI")
	flags.StringVar(&o.dbFilename, "db-filename", "", "SQLite file (default: in memory)")
	flags.StringVar(&o.logLevel, "log-level", "warn", "debug, info, warn, error or never")
	flags.Var(&o.namespaces, "namespace", "namespace to register, besides default; repeatable")
	flags.Var(o.searchAttributes, "search-attribute", "name=type; repeatable")
	flags.Var(o.dynamicConfig, "dynamic-config-value", "key=JSON; repeatable")
	flags.Var(o.sqlitePragmas, "sqlite-pragma", "name=value; repeatable")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.ip == "localhost" {
		o.ip = "127.0.0.1"
	}
	if o.uiIP == "" {
		o.uiIP = o.ip
	}
	if o.uiPort == 0 {
		o.uiPort = o.port + 1000
	}
	return o, nil
}

// jsonValue reads a dynamic config value. Whole numbers must be Go ints: the server ignores
// float64 where it expects an int, silently.
func jsonValue(key, text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		// `--dynamic-config-value key=10ms`, as people type it.
		return text, nil
	}
	number, isNumber := value.(json.Number)
	if !isNumber {
		return value, nil
	}
	if whole, err := number.Int64(); err == nil {
		return int(whole), nil
	}
	fraction, err := number.Float64()
	if err != nil {
		return nil, fmt.Errorf("dynamic config %s: %q is not a number: %w", key, text, err)
	}
	return fraction, nil
}
