package io.hightower.kv.engine.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hightower.kv.statemachine.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Calls as the gateway takes them: bytes in base64, numbers of 64 bits as text. */
final class EtcdJson {
    private EtcdJson() {}

    static ObjectNode range(Call.Range call) {
        ObjectNode json = keys(call.keys());
        Call.Bounds bounds = call.bounds();
        return json.put("limit", text(call.limit()))
                .put("revision", text(call.revision()))
                .put(
                        "sort_order",
                        switch (call.order()) {
                            case NONE -> "NONE";
                            case ASCENDING -> "ASCEND";
                            case DESCENDING -> "DESCEND";
                        })
                .put(
                        "sort_target",
                        switch (call.target()) {
                            case KEY -> "KEY";
                            case VERSION -> "VERSION";
                            case CREATE -> "CREATE";
                            case MODIFY -> "MOD";
                            case VALUE -> "VALUE";
                        })
                .put("serializable", call.serializable())
                .put("keys_only", call.keysOnly())
                .put("count_only", call.countOnly())
                .put("min_mod_revision", text(bounds.modifyLeast()))
                .put("max_mod_revision", text(bounds.modifyMost()))
                .put("min_create_revision", text(bounds.createLeast()))
                .put("max_create_revision", text(bounds.createMost()));
    }

    static ObjectNode put(Call.Put call) {
        return EtcdGateway.object()
                .put("key", base64(call.key()))
                .put("value", base64(call.value()))
                .put("lease", text(call.lease()))
                .put("prev_kv", call.previous())
                .put("ignore_value", call.ignoreValue())
                .put("ignore_lease", call.ignoreLease());
    }

    static ObjectNode deleteRange(Call.DeleteRange call) {
        return keys(call.keys()).put("prev_kv", call.previous());
    }

    static ObjectNode txn(Call.Txn call) {
        ObjectNode json = EtcdGateway.object();
        ArrayNode compares = json.putArray("compare");
        call.compares().forEach(condition -> compares.add(condition(condition)));
        ArrayNode success = json.putArray("success");
        call.success().forEach(op -> success.add(op(op)));
        ArrayNode failure = json.putArray("failure");
        call.failure().forEach(op -> failure.add(op(op)));
        return json;
    }

    private static ObjectNode condition(Call.Condition condition) {
        ObjectNode json =
                keys(condition.keys()).put("result", condition.operator().name());
        String number = text(condition.number());
        return switch (condition.target()) {
            case VERSION -> json.put("target", "VERSION").put("version", number);
            case CREATE -> json.put("target", "CREATE").put("create_revision", number);
            case MODIFY -> json.put("target", "MOD").put("mod_revision", number);
            case LEASE -> json.put("target", "LEASE").put("lease", number);
            case VALUE -> json.put("target", "VALUE").put("value", base64(condition.value()));
        };
    }

    private static ObjectNode op(Call.Op op) {
        ObjectNode json = EtcdGateway.object();
        if (op instanceof Call.Range range) {
            json.set("request_range", range(range));
        } else if (op instanceof Call.Put put) {
            json.set("request_put", put(put));
        } else if (op instanceof Call.DeleteRange delete) {
            json.set("request_delete_range", deleteRange(delete));
        } else if (op instanceof Call.Txn txn) {
            json.set("request_txn", txn(txn));
        }
        return json;
    }

    static ObjectNode watch(Call.Watch call) {
        ObjectNode create = keys(call.keys())
                .put("start_revision", text(call.startRevision()))
                .put("prev_kv", call.previous());
        ArrayNode filters = create.putArray("filters");
        if (call.withoutPuts()) {
            filters.add("NOPUT");
        }
        if (call.withoutDeletes()) {
            filters.add("NODELETE");
        }
        ObjectNode json = EtcdGateway.object();
        json.set("create_request", create);
        return json;
    }

    static ObjectNode keys(Call.Keys keys) {
        return EtcdGateway.object().put("key", base64(keys.key())).put("range_end", base64(keys.end()));
    }

    static String text(long number) {
        return Long.toString(number);
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Returns bytes that are left out when there are none. */
    static Bytes bytes(JsonNode node) {
        try {
            return node.isMissingNode() ? Bytes.EMPTY : Bytes.wrap(node.binaryValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long revision(JsonNode answer) {
        return answer.path("header").path("revision").asLong();
    }

    static Answer.Pair pair(JsonNode json) {
        return new Answer.Pair(
                bytes(json.path("key")),
                bytes(json.path("value")),
                json.path("create_revision").asLong(),
                json.path("mod_revision").asLong(),
                json.path("version").asLong(),
                json.path("lease").asLong());
    }

    static List<Answer.Pair> pairs(JsonNode list) {
        List<Answer.Pair> pairs = new ArrayList<>();
        list.forEach(json -> pairs.add(pair(json)));
        return pairs;
    }

    static Optional<Answer.Pair> pairIn(JsonNode json) {
        return json.isMissingNode() ? Optional.empty() : Optional.of(pair(json));
    }
}
