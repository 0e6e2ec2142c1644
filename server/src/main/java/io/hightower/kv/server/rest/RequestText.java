package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.TooLargeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The parts of a request target: a key in the path, the parameters of a query. */
final class RequestText {
    /** An end key may be one byte longer than a key, so that there is one behind every key. */
    private static final int BOUND_BYTES_MAX = Limits.KEY_BYTES_MAX + 1;

    private static final String INVALID_KEY = "invalid_key";
    private static final String INVALID_QUERY = "invalid_query";

    private RequestText() {}

    /** Reads the key of a path, still percent-encoded. */
    static Bytes key(String segment) {
        Bytes key = base64("key", PercentText.decode(segment, INVALID_KEY), INVALID_KEY);
        Limits.requireKey(key);
        return key;
    }

    /** Reads a value of a body. */
    static Bytes value(String text) {
        return base64("value", text, "invalid_value");
    }

    /** Reads one end of a range from the query. */
    static Bytes bound(Map<String, String> query, String name) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            throw new RequestRefused(400, INVALID_QUERY, "A query parameter is missing or empty: name=" + name);
        }
        Bytes bound = base64(name, text, INVALID_KEY);
        if (bound.length() > BOUND_BYTES_MAX) {
            throw new TooLargeException("The key", bound.length(), BOUND_BYTES_MAX);
        }
        return bound;
    }

    /** Reads a whole number from 1 on from the query; numbers beyond {@code int} mean its greatest value. */
    static Optional<Integer> count(Map<String, String> query, String name) {
        String text = query.get(name);
        if (text == null) {
            return Optional.empty();
        }
        if (!text.matches("0*[1-9][0-9]*")) {
            throw new RequestRefused(
                    400, INVALID_QUERY, "A query parameter must be a whole number from 1 on: name=" + name);
        }
        String digits = text.replaceFirst("^0+", "");
        return Optional.of(digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits));
    }

    /**
     * Splits a query at {@code &} and {@code =}. A plus sign means a space there, as in HTML forms.
     *
     * @throws RequestRefused with 400 if a percent sign is out of place or a name occurs twice
     */
    static Map<String, String> query(Optional<String> query) {
        Map<String, String> parameters = new HashMap<>();
        if (query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.get().split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = form(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : form(pair.substring(equals + 1));
            if (!name.isEmpty() && parameters.put(name, value) != null) {
                throw new RequestRefused(400, INVALID_QUERY, "A query parameter occurs twice: name=" + name);
            }
        }
        return parameters;
    }

    private static String form(String text) {
        return PercentText.decode(text.replace('+', ' '), INVALID_QUERY);
    }

    private static Bytes base64(String what, String text, String code) {
        try {
            return Base64Text.read(text);
        } catch (Base64Text.Malformed e) {
            throw new RequestRefused(400, code, "The " + what + " is not canonical padded base64: " + e.finding());
        }
    }
}
