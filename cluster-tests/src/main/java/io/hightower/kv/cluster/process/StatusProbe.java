package io.hightower.kv.cluster.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a server how it is doing, over plain HTTP and without the project's own client. Thread-safe. */
public final class StatusProbe {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private StatusProbe() {}

    /**
     * What a server says of itself.
     *
     * @param revision the revision of its state
     * @param stateHash the hash over its state
     * @param keys how many keys hold a value
     * @param role what it does in its cluster
     * @param memberName its name
     * @param appliedTerm the term of the last entry that it has applied
     */
    public record Status(
            long revision, String stateHash, long keys, String role, String memberName, long appliedTerm) {}

    /** Returns the answer of a server, or nothing if it does not answer. */
    public static Optional<Status> ask(String restUrl) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(restUrl + "/v1/status"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                return Optional.empty();
            }
            return Optional.of(parse(answer.body()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while asking a server", e);
        }
    }

    private static Status parse(String json) {
        return new Status(
                Long.parseLong(field(json, "revision")),
                field(json, "stateHash"),
                Long.parseLong(field(json, "keys")),
                field(json, "role"),
                field(json, "memberName"),
                Long.parseLong(field(json, "appliedTerm")));
    }

    private static String field(String json, String name) {
        Matcher matcher =
                Pattern.compile("\"" + name + "\"\\s*:\\s*\"?([^\",}]*)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("A status has no such field: field=" + name + " json=" + json);
        }
        return matcher.group(1);
    }
}
