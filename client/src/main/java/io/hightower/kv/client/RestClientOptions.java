package io.hightower.kv.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The knobs of a {@link RestClient}. Begin with {@link #to}. <b>Immutable.</b>
 *
 * @param endpoints servers of the same store, such as {@code http://127.0.0.1:8080}; at least one. The client keeps to one
 *     of them until it cannot be reached
 * @param connectTimeout how long connecting to one endpoint may take, more than 0. Default 2 s
 * @param deadline how long a request may take in all, more than 0. Default 10 s: more than a cluster needs to elect a leader
 */
public record RestClientOptions(List<URI> endpoints, Duration connectTimeout, Duration deadline) {
    /** Copies the list, checks the endpoints and takes a slash off their ends. */
    public RestClientOptions {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("A client needs at least one endpoint");
        }
        endpoints = endpoints.stream().map(RestClientOptions::checked).toList();
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("deadline", deadline);
    }

    /** Returns the defaults for these endpoints. */
    public static RestClientOptions to(List<URI> endpoints) {
        return new RestClientOptions(endpoints, Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    /** Returns the same options with another time to connect. */
    public RestClientOptions withConnectTimeout(Duration newConnectTimeout) {
        return new RestClientOptions(endpoints, newConnectTimeout, deadline);
    }

    /** Returns the same options with another time for a request. */
    public RestClientOptions withDeadline(Duration newDeadline) {
        return new RestClientOptions(endpoints, connectTimeout, newDeadline);
    }

    private static URI checked(URI endpoint) {
        String path = endpoint.getRawPath();
        boolean bare = path == null || path.isEmpty() || path.equals("/");
        boolean http = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
        if (!http || endpoint.getHost() == null || !bare || endpoint.getRawQuery() != null) {
            throw new IllegalArgumentException("An endpoint has the form http://host:port: endpoint=" + endpoint);
        }
        return URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority());
    }

    private static void requirePositive(String knob, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: " + knob + "=" + value + " bounds=more than 0");
        }
    }
}
