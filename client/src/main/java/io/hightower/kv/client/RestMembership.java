package io.hightower.kv.client;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hightower.kv.client.RestCalls.Answer;
import io.hightower.kv.client.RestCalls.Call;
import io.hightower.kv.client.RestCalls.Kind;
import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.MemberList;
import io.hightower.kv.statemachine.api.Membership;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The members of the cluster behind the REST surface. Thread-safe. */
final class RestMembership implements Membership {
    private static final String MEMBERS = "/v1/members";

    private static final int OK = 200;

    private final RestCalls calls;
    private final JsonMapper json;
    private final Judge judge;

    /** Turns an answer with another status than the one wanted into an exception. */
    interface Judge {
        /** Returns the answer if it has the status. */
        Answer require(Kind kind, Answer answer, int status);
    }

    RestMembership(RestCalls calls, JsonMapper json, Judge judge) {
        this.calls = calls;
        this.json = json;
        this.judge = judge;
    }

    @Override
    public MemberList list() {
        return RestAnswers.members(json, Waiting.forRead(sent(Call.read(MEMBERS))));
    }

    @Override
    public MemberList local() {
        return list();
    }

    @Override
    public Added add(String peerAddress, Member.Kind kind) {
        Answer answer = write(
                "POST",
                MEMBERS,
                Optional.of(body(Map.of("peerAddress", peerAddress, "learner", kind == Member.Kind.LEARNER))));
        return new Added(RestAnswers.added(json, answer), RestAnswers.members(json, answer));
    }

    @Override
    public MemberList remove(MemberId id) {
        return RestAnswers.members(json, write("DELETE", MEMBERS + "/" + id, Optional.empty()));
    }

    @Override
    public MemberList promote(MemberId id) {
        return RestAnswers.members(json, write("POST", MEMBERS + "/" + id + "/promote", Optional.empty()));
    }

    @Override
    public MemberList updateAddress(MemberId id, String peerAddress) {
        return RestAnswers.members(
                json, write("PUT", MEMBERS + "/" + id, Optional.of(body(Map.of("peerAddress", peerAddress)))));
    }

    @Override
    public void transferLeadership(MemberId id) {
        Answer unused = write("POST", MEMBERS + "/" + id + "/lead", Optional.empty());
    }

    private Answer write(String method, String target, Optional<byte[]> body) {
        return Waiting.forWrite(sent(Call.write(method, target, body)));
    }

    private CompletableFuture<Answer> sent(Call call) {
        return calls.send(call).thenApply(answer -> judge.require(call.kind(), answer, OK));
    }

    private byte[] body(Map<String, Object> fields) {
        try {
            return json.writeValueAsString(fields).getBytes(StandardCharsets.UTF_8);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
