package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.ServedEngine.base64;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.api.StateSnapshot;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusOperationsTest {
    private final ScriptedEngine engine = new ScriptedEngine();
    private final ServedEngine served = ServedEngine.of(engine);

    @AfterEach
    void close() {
        served.close();
    }

    private static ReplicationStatus status(Role role, Optional<String> leader, Optional<String> problem) {
        return new ReplicationStatus(role, "n2", leader, new LogPosition(3, 7), problem);
    }

    private void assertAnswer(String method, String target, int status, String code) {
        HttpResponse<String> answer = served.send(method, target, "{\"value\":\"\"}");

        assertThat(answer.statusCode()).as(method + " " + target).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }

    @Test
    void isHealthyWhenWritesCanBeMadeDurable() {
        HttpResponse<String> health = served.get("/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("{\"status\":\"ok\"}");
        engine.say(status(Role.FOLLOWER, Optional.of("n1"), Optional.empty()));
        assertThat(served.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void namesTheReasonWhenItIsNotHealthy() {
        engine.say(status(Role.LEADER, Optional.of("n2"), Optional.of("The disk has not answered for 7 s")));
        assertAnswer("GET", "/health", 503, "unhealthy");
        assertThat(served.get("/health").body()).contains("The disk has not answered for 7 s");

        engine.say(status(Role.CANDIDATE, Optional.empty(), Optional.empty()));
        assertThat(served.get("/health").body()).contains("No leader is known", "n2");

        engine.say(status(Role.STOPPED, Optional.of("n1"), Optional.empty()));
        assertThat(served.get("/health").statusCode()).isEqualTo(503);
    }

    @Test
    void showsWhereTheStoreStands() throws IOException {
        served.put("a", "1");
        served.put("b", "2");
        served.send("DELETE", "/v1/kv/" + base64("a"), "");

        JsonNode status = new JsonMapper().readTree(served.get("/v1/status").body());

        assertThat(status.get("revision").longValue()).isEqualTo(4);
        assertThat(status.get("keys").longValue()).isEqualTo(1);
        assertThat(status.get("latestVersion").longValue()).isEqualTo(engine.latestVersion());
        assertThat(status.get("role").textValue()).isEqualTo("leader");
        assertThat(status.get("memberId").textValue()).isEqualTo("local");
        assertThat(status.get("leaderId").textValue()).isEqualTo("local");
        assertThat(status.get("appliedIndex").longValue())
                .isEqualTo(engine.status().applied().index());
        assertThat(status.get("problem").isNull()).isTrue();
        try (StateSnapshot state = engine.snapshotState()) {
            assertThat(status.get("stateHash").textValue())
                    .isEqualTo(HexFormat.of().toHexDigits(state.stateHash()));
        }
    }

    @Test
    void showsMissingLeadersAndProblems() throws IOException {
        engine.say(status(Role.CANDIDATE, Optional.empty(), Optional.of("No leader")));

        JsonNode status = new JsonMapper().readTree(served.get("/v1/status").body());

        assertThat(status.get("role").textValue()).isEqualTo("candidate");
        assertThat(status.get("leaderId").isNull()).isTrue();
        assertThat(status.get("problem").textValue()).isEqualTo("No leader");
    }

    @Test
    void showsMetrics() {
        served.put("a", "1");
        served.get("/v1/kv/not-base64");
        served.get("/no/such/path");

        HttpResponse<String> metrics = served.get("/metrics");

        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body())
                .contains("{method=\"PUT\",route=\"/v1/kv/{key}\",status=\"200\"} 1")
                .contains("{method=\"GET\",route=\"/v1/kv/{key}\",status=\"400\"} 1")
                .contains("{method=\"other\",route=\"other\",status=\"404\"} 1")
                .contains("\nhightower_revision 2.0\n", "\nhightower_applied_index ", "jvm_memory_used_bytes");
    }

    @Test
    void answersEveryFailureOfAWrite() {
        String key = "/v1/kv/" + base64("k");
        for (String method : new String[] {"PUT", "DELETE"}) {
            engine.failWith(new NotReplicatedException(Reason.OVERLOADED, "busy"));
            assertAnswer(method, key, 429, "overloaded");
            assertThat(served.send(method, key, "{\"value\":\"\"}").headers().firstValue("Retry-After"))
                    .contains("1");
            engine.failWith(new NotReplicatedException(Reason.NO_LEADER, "none"));
            assertAnswer(method, key, 503, "no_leader");
            engine.failWith(new NotReplicatedException(Reason.STORE_FAILED, "failed"));
            assertAnswer(method, key, 503, "store_failed");
            engine.failWith(new NotReplicatedException(Reason.STOPPED, "stopped"));
            assertAnswer(method, key, 503, "stopped");
            engine.failWith(new NotReplicatedException(Reason.DISK_FULL, "full"));
            assertAnswer(method, key, 507, "disk_full");
            engine.failWith(new OutcomeUnknownException("lost"));
            assertAnswer(method, key, 504, "outcome_unknown");
        }
    }

    @Test
    void answersEveryFailureOfARead() {
        String scan = "/v1/kv?fromKey=YQ==&endKey=eg==";
        for (String target : new String[] {"/v1/kv/" + base64("k"), scan, scan + "&limit=1", "/v1/status"}) {
            engine.failWith(new ReadUnavailableException("late"));
            assertAnswer("GET", target, 503, "read_unavailable");
            engine.failWith(new StorageException("secret"));
            assertAnswer("GET", target, 500, "storage_failed");
            engine.failWith(new IllegalStateException("secret"));
            assertAnswer("GET", target, 500, "internal");
            assertThat(served.get(target).body()).doesNotContain("secret");
        }
    }
}
