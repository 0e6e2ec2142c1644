package io.hightower.kv.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.TooLargeException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** The error answers of a server as the exceptions that an embedded store throws. Thread-safe. */
final class RestErrors {
    private static final Map<String, Reason> REASONS = Map.of(
            "overloaded", Reason.OVERLOADED,
            "no_leader", Reason.NO_LEADER,
            "stopped", Reason.STOPPED,
            "store_failed", Reason.STORE_FAILED,
            "disk_full", Reason.DISK_FULL);

    private static final int SERVER_ERROR_LEAST = 500;

    /** With this status, {@code unhealthy} is the answer of a server about itself. */
    private static final int UNAVAILABLE = 503;

    private RestErrors() {}

    private record Told(String code, String message) {}

    /** Returns what a refused or failed request is thrown as. */
    static RuntimeException failure(JsonMapper json, RestCalls.Kind kind, RestCalls.Answer answer) {
        Told told = read(json, answer);
        String facts = told.message() + ": status=" + answer.status() + " code=" + told.code() + " endpoint="
                + answer.endpoint();
        return switch (told.code()) {
            case "invalid_key", "invalid_value", "invalid_body", "invalid_query", "invalid_argument" ->
                new IllegalArgumentException(facts);
            case "too_large" -> new TooLargeException(facts);
            case "outcome_unknown" -> new OutcomeUnknownException(facts);
            case "read_unavailable" -> new ReadUnavailableException(facts);
            case "storage_failed" -> new StorageException(facts);
            default -> byReason(kind, answer.status(), told.code(), facts);
        };
    }

    private static RuntimeException byReason(RestCalls.Kind kind, int status, String code, String facts) {
        for (MembershipException.Reason refusal : MembershipException.Reason.values()) {
            if (code.equals(refusal.name().toLowerCase(Locale.ROOT)) && status != UNAVAILABLE) {
                return new MembershipException(refusal, facts);
            }
        }
        Reason reason = REASONS.get(code);
        boolean write = kind == RestCalls.Kind.WRITE;
        if (reason != null) {
            return write ? new NotReplicatedException(reason, facts) : new ReadUnavailableException(facts);
        }
        if (status >= SERVER_ERROR_LEAST) {
            return write ? new OutcomeUnknownException(facts) : new ReadUnavailableException(facts);
        }
        return new UnexpectedAnswerException(facts);
    }

    private static Told read(JsonMapper json, RestCalls.Answer answer) {
        try {
            JsonNode body = json.readTree(answer.body());
            String code = body == null ? "" : body.path("code").asText("");
            String message = body == null ? "" : body.path("message").asText("");
            if (!code.isEmpty()) {
                return new Told(code, message);
            }
        } catch (IOException e) {
            // Not JSON: a proxy, or no Hightower server at all. The status says all there is to know.
        }
        return new Told("none", "The answer is not from a Hightower KV server");
    }
}
