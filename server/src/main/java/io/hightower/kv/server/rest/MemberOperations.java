package io.hightower.kv.server.rest;

import io.hightower.kv.rest.model.MemberInfo;
import io.hightower.kv.rest.model.MemberList;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.Membership;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/** Listing and changing the members of the cluster. Thread-safe. */
final class MemberOperations {
    /** Each keeps a thread for as long as the cluster takes. */
    private static final int AT_A_TIME = 4;

    private final Vertx vertx;
    private final LocalEngine engine;
    private final ByteBudget bodies;
    private final int bodyBytesMax;
    private final Semaphore room = new Semaphore(AT_A_TIME);

    /**
     * Serves {@code engine}.
     *
     * @param bodyBytesMax most bytes of a body
     * @param bodies holds the bodies from their first byte until the answer has left
     */
    MemberOperations(Vertx vertx, LocalEngine engine, int bodyBytesMax, ByteBudget bodies) {
        this.vertx = vertx;
        this.engine = engine;
        this.bodyBytesMax = bodyBytesMax;
        this.bodies = bodies;
    }

    void list(RestExchange exchange) {
        answer(exchange, () -> model(engine.membership().list()));
    }

    void add(RestExchange exchange) {
        withBody(exchange, body -> {
            Membership.Added added =
                    engine.membership().add(body.peerAddress(), body.learner() ? Kind.LEARNER : Kind.VOTER);
            return model(added.members()).added(added.id().toString());
        });
    }

    void move(RestExchange exchange, String idSegment) {
        MemberId id = id(idSegment);
        withBody(exchange, body -> model(engine.membership().updateAddress(id, body.peerAddress())));
    }

    void remove(RestExchange exchange, String idSegment) {
        MemberId id = id(idSegment);
        answer(exchange, () -> model(engine.membership().remove(id)));
    }

    void promote(RestExchange exchange, String idSegment) {
        MemberId id = id(idSegment);
        answer(exchange, () -> model(engine.membership().promote(id)));
    }

    void lead(RestExchange exchange, String idSegment) {
        MemberId id = id(idSegment);
        answer(exchange, () -> {
            engine.membership().transferLeadership(id);
            return model(engine.membership().local());
        });
    }

    private interface Change {
        MemberList apply(JsonText.MemberRequest body);
    }

    private void withBody(RestExchange exchange, Change change) {
        exchange.when(RequestBody.read(exchange, exchange.charge(bodies), bodyBytesMax), bytes -> {
            JsonText.MemberRequest body = exchange.json().memberRequest(bytes);
            answer(exchange, () -> change.apply(body));
        });
    }

    private void answer(RestExchange exchange, Callable<MemberList> call) {
        if (!room.tryAcquire()) {
            throw RequestRefused.overloaded("Too many requests about members are in work");
        }
        Future<MemberList> answered;
        try {
            answered = vertx.executeBlocking(call, false);
        } catch (Throwable e) {
            room.release();
            throw e;
        }
        exchange.when(
                answered.onComplete(done -> room.release()).toCompletionStage(),
                list -> exchange.answer(200, exchange.json().write(list)));
    }

    private static MemberId id(String segment) {
        return MemberId.parse(segment)
                .orElseThrow(() -> new RequestRefused(
                        400, "invalid_argument", "The id of a member has 1 to 16 hexadecimal digits: id=" + segment));
    }

    private static MemberList model(io.hightower.kv.statemachine.api.MemberList list) {
        Optional<String> leader = list.leaderId().map(MemberId::toString);
        List<MemberInfo> members =
                list.members().stream().map(MemberOperations::model).toList();
        return new MemberList()
                .clusterId(list.clusterId().toString())
                .memberId(list.answeredBy().toString())
                .leaderId(leader.orElse(null))
                .term(list.term())
                .members(members);
    }

    private static MemberInfo model(Member member) {
        return new MemberInfo()
                .id(member.id().toString())
                .name(member.name())
                .peerAddress(member.peerAddress())
                .learner(member.isLearner())
                .started(member.isStarted());
    }
}
