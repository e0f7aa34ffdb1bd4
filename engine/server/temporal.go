package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	clusterName     = "active"
	frontendService = "temporal.api.workflowservice.v1.WorkflowService"
	// How long a closed run can still be looked at.
	retention = 7 * 24 * time.Hour
)

// What `temporal server start-dev` sets too: search attributes are visible at once, and the
// reads that this costs are allowed.
var defaultDynamicConfig = map[string]any{
	"system.forceSearchAttributesCacheRefreshOnRead": true,
	"system.forceNexusEndpointRefreshOnRead":         true,
	"frontend.persistenceMaxQPS":                     10000,
	"history.persistenceMaxQPS":                      45000,
	"frontend.namespaceRPS.visibility":               100,
	"history.hostLevelCacheMaxSize":                  8096,
}

type runningServer struct {
	temporal temporal.Server
	ui       *uiserver.Server
}

func (s runningServer) stop() {
	if s.ui != nil {
		s.ui.Stop()
	}
	_ = s.temporal.Stop()
}

func startServer(o options) (runningServer, error) {
	var running runningServer
	store, err := openStore(o)
	if err != nil {
		return running, err
	}
	conf, err := serverConfig(o, store)
	if err != nil {
		return running, err
	}
	dynamicConfig, err := dynamicConfigClient(o.dynamicConfig)
	if err != nil {
		return running, err
	}
	authorizer, err := authorization.GetAuthorizerFromConfig(&conf.Global.Authorization)
	if err != nil {
		return running, err
	}
	logger := newLogger(o.logLevel)
	claims, err := authorization.GetClaimMapperFromConfig(&conf.Global.Authorization, logger)
	if err != nil {
		return running, err
	}
	running.temporal, err = temporal.NewServer(
		temporal.WithConfig(conf),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts(conf)),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(dynamicConfig),
	)
	if err != nil {
		return running, err
	}
	if !o.headless {
		running.ui = startUI(o)
	}
	return running, running.temporal.Start()
}

// openStore makes the database and the namespaces when they are not there yet. The schema is laid
// in a file beside it, which is then renamed: a kill in the middle leaves no half-made database.
func openStore(o options) (*config.SQL, error) {
	store := &config.SQL{PluginName: sqliteplugin.PluginName, ConnectAttributes: map[string]string{}}
	if o.dbFilename == "" {
		store.ConnectAttributes["mode"], store.ConnectAttributes["cache"] = "memory", "shared"
		store.DatabaseName = uuid.NewString()
	} else {
		file, err := filepath.Abs(o.dbFilename)
		if err != nil {
			return nil, err
		}
		if err := createDatabase(file); err != nil {
			return nil, err
		}
		store.ConnectAttributes["mode"] = "rw"
		store.DatabaseName = asURI(file)
	}
	for name, value := range o.sqlitePragmas {
		store.ConnectAttributes[name] = value
	}
	searchAttributes, err := searchAttributeTypes(o.searchAttributes)
	if err != nil {
		return nil, err
	}
	var namespaces []*sqliteschema.NamespaceConfig
	for _, name := range append([]string{"default"}, o.namespaces...) {
		namespace, err := sqliteschema.NewNamespaceConfig(clusterName, name, false, searchAttributes)
		if err != nil {
			return nil, err
		}
		namespace.Detail.Config.Retention = durationpb.New(retention)
		namespaces = append(namespaces, namespace)
	}
	return store, sqliteschema.CreateNamespaces(store, namespaces...)
}

func createDatabase(file string) error {
	if _, err := os.Stat(file); err == nil || !os.IsNotExist(err) {
		return err
	}
	unfinished := file + ".new"
	for _, leftover := range []string{unfinished, unfinished + "-journal"} {
		if err := os.Remove(leftover); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	err := sqliteschema.SetupSchema(&config.SQL{
		PluginName:        sqliteplugin.PluginName,
		ConnectAttributes: map[string]string{"mode": "rwc"},
		DatabaseName:      asURI(unfinished),
	})
	if err != nil {
		return err
	}
	return os.Rename(unfinished, file)
}

// asURI makes a path safe in SQLite's `file:` names, where ? and % have a meaning.
func asURI(file string) string { return (&url.URL{Path: file}).EscapedPath() }

func searchAttributeTypes(given pairs) (map[string]enums.IndexedValueType, error) {
	types := make(map[string]enums.IndexedValueType, len(given))
	for name, typeName := range given {
		for known, value := range enums.IndexedValueType_shorthandValue {
			if strings.EqualFold(typeName, known) {
				types[name] = enums.IndexedValueType(value)
			}
		}
		if types[name] == enums.INDEXED_VALUE_TYPE_UNSPECIFIED {
			return nil, fmt.Errorf("search attribute %s: there is no type %q", name, typeName)
		}
	}
	return types, nil
}

func dynamicConfigClient(given pairs) (dynamicconfig.StaticClient, error) {
	client := dynamicconfig.StaticClient{}
	for key, value := range defaultDynamicConfig {
		client[dynamicconfig.MakeKey(key)] = value
	}
	for key, text := range given {
		value, err := jsonValue(key, text)
		if err != nil {
			return nil, err
		}
		client[dynamicconfig.MakeKey(key)] = value
	}
	return client, nil
}

func serverConfig(o options, store *config.SQL) (*config.Config, error) {
	// One each for the HTTP API and for history, matching and worker, which only talk to each other.
	ports, err := freePorts(o.ip, 4)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(o.ip, fmt.Sprint(o.port))
	conf := &config.Config{}
	conf.Global.Membership.MaxJoinDuration = 30 * time.Second
	conf.Global.Membership.BroadcastAddress = o.ip
	conf.Persistence = config.Persistence{
		DefaultStore:     "sqlite",
		VisibilityStore:  "sqlite",
		NumHistoryShards: 1,
		DataStores:       map[string]config.DataStore{"sqlite": {SQL: store}},
	}
	conf.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10,
		MasterClusterName:        clusterName,
		CurrentClusterName:       clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
			Enabled:                true,
			InitialFailoverVersion: 1,
			RPCAddress:             address,
			HTTPAddress:            net.JoinHostPort(o.ip, fmt.Sprint(ports[0])),
			ClusterID:              uuid.NewString(),
		}},
	}
	conf.DCRedirectionPolicy.Policy = "noop"
	conf.Services = map[string]config.Service{
		"frontend": {RPC: config.RPC{GRPCPort: o.port, HTTPPort: ports[0], BindOnIP: o.ip}},
		"history":  {RPC: config.RPC{GRPCPort: ports[1], BindOnIP: o.ip}},
		"matching": {RPC: config.RPC{GRPCPort: ports[2], BindOnIP: o.ip}},
		"worker":   {RPC: config.RPC{GRPCPort: ports[3], BindOnIP: o.ip}},
	}
	conf.Archival.History.State, conf.Archival.Visibility.State = "disabled", "disabled"
	conf.NamespaceDefaults.Archival.History.State = "disabled"
	conf.NamespaceDefaults.Archival.Visibility.State = "disabled"
	conf.PublicClient.HostPort = address
	return conf, nil
}

func hosts(conf *config.Config) map[primitives.ServiceName]static.Hosts {
	all := map[primitives.ServiceName]static.Hosts{}
	for name, service := range conf.Services {
		all[primitives.ServiceName(name)] = static.SingleLocalHost(
			net.JoinHostPort(service.RPC.BindOnIP, fmt.Sprint(service.RPC.GRPCPort)))
	}
	return all
}

func startUI(o options) *uiserver.Server {
	ui := uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		Host:                o.uiIP,
		Port:                o.uiPort,
		TemporalGRPCAddress: net.JoinHostPort(o.ip, fmt.Sprint(o.port)),
		EnableUI:            true,
		CORS:                uiconfig.CORS{CookieInsecure: true},
		HideLogs:            true,
		DisableNewsFetch:    true,
	}))
	go func() {
		if err := ui.Start(); err != nil {
			// The engine is worth more than its window: say it and go on.
			fmt.Fprintln(os.Stderr, "temporal-server: the web UI ended:", err)
		}
	}()
	return ui
}

func newLogger(level string) log.Logger {
	if level == "never" {
		return log.NewNoopLogger()
	}
	return log.NewZapLogger(log.BuildZapLogger(log.Config{Stdout: false, Level: level, Format: "console"}))
}

// freePorts holds all of them open until the last is known, so that no two are the same.
func freePorts(ip string, count int) ([]int, error) {
	var ports []int
	for range count {
		listener, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func waitUntilServing(address string, patience time.Duration) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	health := grpc_health_v1.NewHealthClient(connection)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		answer, err := health.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: frontendService})
		cancel()
		if err == nil && answer.Status == grpc_health_v1.HealthCheckResponse_SERVING {
			return nil
		}
	}
	return fmt.Errorf("the frontend on %s did not answer within %s", address, patience)
}
