package io.hightower.kv.engine.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The real etcd, called through its gateway. <b>Used by one thread at a time.</b> */
final class EtcdSide implements Side {
    private final EtcdProcess process;
    private final EtcdGateway gateway;
    private final Patience patience;
    private final List<Watching> watches = new ArrayList<>();

    EtcdSide(EtcdProcess process, EtcdGateway gateway, Patience patience) {
        this.process = process;
        this.gateway = gateway;
        this.patience = patience;
    }

    @Override
    public Answer range(Call.Range call) {
        return call("kv/range", EtcdJson.range(call), EtcdSide::ranged);
    }

    @Override
    public Answer put(Call.Put call) {
        return call("kv/put", EtcdJson.put(call), EtcdSide::written);
    }

    @Override
    public Answer deleteRange(Call.DeleteRange call) {
        return call("kv/deleterange", EtcdJson.deleteRange(call), EtcdSide::deleted);
    }

    @Override
    public Answer txn(Call.Txn call) {
        return call("kv/txn", EtcdJson.txn(call), EtcdSide::branch);
    }

    @Override
    public Answer compact(Call.Compact call) {
        // It answers when superseded versions are gone; else hashes and watches would depend on how far it has come.
        ObjectNode body = EtcdGateway.object()
                .put("revision", EtcdJson.text(call.revision()))
                .put("physical", true);
        return call("kv/compaction", body, json -> new Answer.Compacted(EtcdJson.revision(json)));
    }

    @Override
    public Answer grant(Call.Grant call) {
        ObjectNode body = lease(call.id()).put("TTL", EtcdJson.text(call.ttlSeconds()));
        return call("lease/grant", body, json -> new Answer.Granted(EtcdJson.revision(json), id(json), ttl(json)));
    }

    @Override
    public Answer revoke(Call.Revoke call) {
        return call("lease/revoke", lease(call.id()), json -> new Answer.Revoked(EtcdJson.revision(json)));
    }

    @Override
    public Answer keepAlive(Call.KeepAlive call) {
        JsonNode json = gateway.call("lease/keepalive", lease(call.id())).path("result");
        return new Answer.Renewed(EtcdJson.revision(json), id(json), ttl(json));
    }

    @Override
    public Answer timeToLive(Call.TimeToLive call) {
        ObjectNode body = lease(call.id()).put("keys", call.keys());
        return call("lease/timetolive", body, EtcdSide::remaining);
    }

    @Override
    public Answer leases(Call.Leases call) {
        return call("lease/leases", EtcdGateway.object(), json -> {
            List<Long> ids = new ArrayList<>();
            json.path("leases").forEach(lease -> ids.add(id(lease)));
            return new Answer.Listed(EtcdJson.revision(json), ids);
        });
    }

    @Override
    public Answer hash(Call.Hash call) {
        // Unlike other calls, this one takes numbers as numbers; the gateway has no path for it.
        ObjectNode body = EtcdGateway.object().put("revision", call.revision());
        HttpResponse<String> answer = gateway.hashOfMember(body);
        if (answer.statusCode() != HttpURLConnection.HTTP_OK) {
            return new Answer.Refused(Refusal.WIRE_PREFIX + answer.body().strip());
        }
        JsonNode json = EtcdGateway.parse(answer.body());
        return new Answer.Hashed(
                EtcdJson.revision(json),
                json.path("hash").asLong(),
                json.path("compact_revision").asLong());
    }

    @Override
    public Answer watch(Call.Watch call) {
        EtcdWatch watch = open(call);
        JsonNode created = watch.created();
        if (created.path("canceled").asBoolean()) {
            return new Answer.Refused(created.path("cancel_reason").asText());
        }
        watches.add(watch);
        return new Answer.Watched(EtcdJson.revision(created));
    }

    private EtcdWatch open(Call.Watch call) {
        try {
            return new EtcdWatch(gateway.stream("watch", EtcdJson.watch(call)), patience);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Watching> watches() {
        return watches;
    }

    /**
     * Opens one more watch, at the newest revision, and waits for what happened there: etcd serves all watches that are behind
     * in one go.
     */
    @Override
    public void awaitWatches(Moment moment) {
        if (moment.revision() <= Math.max(1, moment.compactRevision())) {
            // Nothing can be compacted any further.
            return;
        }
        Call.Watch everything = new Call.Watch(
                new Call.Keys(Bytes.EMPTY, Bytes.wrap(new byte[] {0})), moment.revision(), false, false, false);
        if (open(everything)
                .told(moment.revision(), told -> !told.events().isEmpty())
                .events()
                .isEmpty()) {
            throw new AssertionError("etcd tells nothing of its newest revision: " + moment);
        }
    }

    private Answer call(String path, ObjectNode body, Function<JsonNode, Answer> answer) {
        JsonNode json = gateway.call(path, body);
        return json.has("error") ? new Answer.Refused(json.path("error").asText()) : answer.apply(json);
    }

    private static ObjectNode lease(long id) {
        return EtcdGateway.object().put("ID", EtcdJson.text(id));
    }

    private static long id(JsonNode json) {
        return json.path("ID").asLong();
    }

    private static long ttl(JsonNode json) {
        return json.path("TTL").asLong();
    }

    private static Answer ranged(JsonNode json) {
        return new Answer.Ranged(
                EtcdJson.revision(json),
                EtcdJson.pairs(json.path("kvs")),
                json.path("more").asBoolean(),
                json.path("count").asLong());
    }

    private static Answer written(JsonNode json) {
        return new Answer.Written(EtcdJson.revision(json), EtcdJson.pairIn(json.path("prev_kv")));
    }

    private static Answer deleted(JsonNode json) {
        return new Answer.Deleted(
                EtcdJson.revision(json), json.path("deleted").asLong(), EtcdJson.pairs(json.path("prev_kvs")));
    }

    private static Answer branch(JsonNode json) {
        List<Answer> answers = new ArrayList<>();
        json.path("responses").forEach(response -> answers.add(inBranch(response)));
        return new Answer.Branch(EtcdJson.revision(json), json.path("succeeded").asBoolean(), answers);
    }

    private static Answer inBranch(JsonNode response) {
        if (response.has("response_range")) {
            return ranged(response.path("response_range"));
        } else if (response.has("response_put")) {
            return written(response.path("response_put"));
        } else if (response.has("response_delete_range")) {
            return deleted(response.path("response_delete_range"));
        } else if (response.has("response_txn")) {
            return branch(response.path("response_txn"));
        }
        throw new AssertionError("Unknown answer of etcd: " + response);
    }

    private static Answer remaining(JsonNode json) {
        long left = json.path("TTL").asLong();
        long granted = json.path("grantedTTL").asLong();
        boolean alive = left != -1;
        if (alive && !Answer.Remaining.isPlausible(left, granted)) {
            throw new AssertionError("A lease that does not last: " + json);
        }
        List<Bytes> keys = new ArrayList<>();
        json.path("keys").forEach(key -> keys.add(EtcdJson.bytes(key)));
        keys.sort(null);
        return new Answer.Remaining(EtcdJson.revision(json), id(json), alive, granted, keys);
    }

    @Override
    public void close() {
        process.close();
    }
}
