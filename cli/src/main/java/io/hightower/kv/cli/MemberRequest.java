package io.hightower.kv.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.hightower.kv.client.RestClient;
import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.MemberList;
import io.hightower.kv.statemachine.api.Membership;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A request about the members of a cluster, answered with all of them. */
abstract class MemberRequest implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    MemberRequest(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        try (RestClient store = client.open()) {
            ask(store.membership());
        }
        return ExitCode.OK;
    }

    /** Asks, and prints the answer. */
    abstract void ask(Membership members) throws IOException;

    /** Prints all members, one a line, and which of them was added. */
    void print(MemberList list, Optional<MemberId> added) throws IOException {
        if (json) {
            JsonLine.write(surroundings.output(), line -> writeFields(line, list, added));
            return;
        }
        StringBuilder text = new StringBuilder();
        added.ifPresent(id -> text.append("added: ").append(id).append('\n'));
        for (Member member : list.members()) {
            text.append(member.id()).append(' ');
            text.append(member.name().isEmpty() ? "-" : member.name()).append(' ');
            text.append(member.peerAddress().isEmpty() ? "-" : member.peerAddress());
            text.append(' ').append(state(list, member)).append('\n');
        }
        surroundings.output().write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Prints a line for people, who have not asked for JSON. */
    void say(String line) throws IOException {
        if (!json) {
            surroundings.output().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String state(MemberList list, Member member) {
        if (!member.isStarted()) {
            return member.isLearner() ? "learner, not started" : "not started";
        }
        if (list.leaderId().filter(member.id()::equals).isPresent()) {
            return "leader";
        }
        return member.isLearner() ? "learner" : "voter";
    }

    private static void writeFields(JsonGenerator line, MemberList list, Optional<MemberId> added) throws IOException {
        line.writeStringField("clusterId", list.clusterId().toString());
        line.writeStringField("memberId", list.answeredBy().toString());
        line.writeStringField(
                "leaderId", list.leaderId().map(MemberId::toString).orElse(null));
        line.writeNumberField("term", list.term());
        if (added.isPresent()) {
            line.writeStringField("added", added.get().toString());
        }
        line.writeArrayFieldStart("members");
        for (Member member : list.members()) {
            line.writeStartObject();
            line.writeStringField("id", member.id().toString());
            line.writeStringField("name", member.name());
            line.writeStringField("peerAddress", member.peerAddress());
            line.writeBooleanField("learner", member.isLearner());
            line.writeBooleanField("started", member.isStarted());
            line.writeEndObject();
        }
        line.writeEndArray();
    }
}
