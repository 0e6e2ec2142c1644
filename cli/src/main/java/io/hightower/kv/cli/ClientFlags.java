package io.hightower.kv.cli;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.RestClientOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The flag that says where the store is. */
final class ClientFlags {
    @Option(
            names = "--endpoints",
            paramLabel = "URLS",
            description = "Servers of one store, separated by commas; another one is asked when one cannot be reached. "
                    + "Default: http://127.0.0.1:8080, or what HIGHTOWER_ENDPOINTS says.")
    private String endpoints = "http://127.0.0.1:8080";

    /** Returns a client of the servers. The caller closes it. */
    RestClient open() {
        return RestClient.open(RestClientOptions.to(endpoints()));
    }

    /** Returns the servers in the order given. */
    List<URI> endpoints() {
        List<URI> servers = new ArrayList<>();
        for (String endpoint : endpoints.split(",", -1)) {
            String text = endpoint.strip();
            try {
                servers.add(new URI(text.contains("://") ? text : "http://" + text));
            } catch (URISyntaxException e) {
                throw new CommandFailure(
                        ExitCode.USAGE, "an endpoint has the form http://host:port: endpoint=" + endpoint);
            }
        }
        return servers;
    }
}
