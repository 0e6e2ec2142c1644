package io.hightower.kv.server.rest;

import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The paths of the API description and what serves each of their methods. Immutable once built.
 *
 * <p>Paths are matched as they were sent, still percent-encoded, because {@code %2F} inside a key is not a slash of the path.
 */
final class RestRouter {
    private static final String KEY_TEMPLATE = "/v1/kv/{key}";
    private static final String KEY_PREFIX = "/v1/kv/";

    private static final String MEMBER_TEMPLATE = "/v1/members/{id}";
    private static final String MEMBER_PREFIX = "/v1/members/";
    private static final String PROMOTE = "/promote";
    private static final String LEAD = "/lead";

    private final Map<String, Map<String, Operation>> operations;

    private RestRouter(Map<String, Map<String, Operation>> operations) {
        this.operations = operations;
    }

    static RestRouter of(KeyOperations keys, ScanOperation scan, StatusOperations status, MemberOperations members) {
        Map<String, Map<String, Operation>> operations = new LinkedHashMap<>();
        operations.put(
                KEY_TEMPLATE,
                Map.of(
                        "PUT", exchange -> keys.put(exchange, keySegment(exchange.request())),
                        "GET", exchange -> keys.get(exchange, keySegment(exchange.request())),
                        "HEAD", exchange -> keys.get(exchange, keySegment(exchange.request())),
                        "DELETE", exchange -> keys.delete(exchange, keySegment(exchange.request()))));
        operations.put("/v1/kv", Map.of("GET", scan));
        operations.put("/v1/members", Map.of("GET", members::list, "HEAD", members::list, "POST", members::add));
        operations.put(
                MEMBER_TEMPLATE,
                Map.of(
                        "PUT", exchange -> members.move(exchange, memberSegment(exchange.request())),
                        "DELETE", exchange -> members.remove(exchange, memberSegment(exchange.request()))));
        operations.put(
                MEMBER_TEMPLATE + PROMOTE,
                Map.of("POST", exchange -> members.promote(exchange, memberSegment(exchange.request()))));
        operations.put(
                MEMBER_TEMPLATE + LEAD,
                Map.of("POST", exchange -> members.lead(exchange, memberSegment(exchange.request()))));
        operations.put("/v1/status", reading(status::status));
        operations.put("/health", reading(status::health));
        operations.put("/metrics", reading(status::metrics));
        return new RestRouter(operations);
    }

    private static Map<String, Operation> reading(Operation operation) {
        return Map.of("GET", operation, "HEAD", operation);
    }

    /** Returns every method and path that is served, as {@code "GET /health"}. */
    List<String> served() {
        List<String> served = new ArrayList<>();
        operations.forEach((path, methods) -> methods.keySet().forEach(method -> served.add(method + " " + path)));
        return served;
    }

    /** Has the request served, or answers that it cannot be. */
    void route(RestExchange exchange) {
        String path = exchange.request().path();
        String template = template(path == null ? "" : path);
        Map<String, Operation> methods = operations.get(template);
        if (methods == null) {
            throw new RequestRefused(404, "unknown_path", "There is no such path; a slash in a key is written %2F");
        }
        String method = exchange.request().method().name();
        Operation operation = methods.get(method);
        if (operation == null) {
            exchange.countAs(template, "other");
            exchange.response().putHeader("Allow", String.join(", ", new TreeSet<>(methods.keySet())));
            throw new RequestRefused(405, "method_not_allowed", "The path does not support this method");
        }
        exchange.countAs(template, method);
        operation.serve(exchange);
    }

    private static String template(String path) {
        if (path.startsWith(MEMBER_PREFIX)) {
            int end = path.indexOf('/', MEMBER_PREFIX.length());
            return MEMBER_TEMPLATE + (end < 0 ? "" : path.substring(end));
        }
        return path.startsWith(KEY_PREFIX) && path.indexOf('/', KEY_PREFIX.length()) < 0 ? KEY_TEMPLATE : path;
    }

    private static String memberSegment(HttpServerRequest request) {
        String path = request.path();
        return path == null ? "" : path.substring(MEMBER_PREFIX.length()).split("/", 2)[0];
    }

    private static String keySegment(HttpServerRequest request) {
        String path = request.path();
        return path == null ? "" : path.substring(KEY_PREFIX.length());
    }
}
