package io.hightower.kv.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hightower.kv.client.RestCalls.Answer;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.MemberList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of successful answers. Unknown fields are ignored. */
final class RestAnswers {
    private RestAnswers() {}

    static JsonNode json(JsonMapper json, Answer answer) {
        try {
            JsonNode body = json.readTree(answer.body());
            if (body != null && body.isObject()) {
                return body;
            }
        } catch (IOException e) {
            throw unexpected(answer, e);
        }
        throw unexpected(answer, null);
    }

    static boolean isKeyNotFound(JsonMapper json, Answer answer) {
        return json(json, answer).path("code").asText("").equals("key_not_found");
    }

    static Bytes value(JsonMapper json, Answer answer) {
        JsonNode value = json(json, answer).path("value");
        if (!value.isTextual()) {
            throw unexpected(answer, null);
        }
        return bytes(value.textValue());
    }

    static ServerStatus status(JsonMapper json, Answer answer) {
        JsonNode body = json(json, answer);
        return new ServerStatus(
                body.path("revision").asLong(),
                body.path("stateHash").asText(""),
                body.path("keys").asLong(),
                body.path("latestVersion").asLong(),
                body.path("role").asText(""),
                body.path("memberId").asText(""),
                body.path("memberName").asText(""),
                Optional.ofNullable(body.path("leaderId").textValue()),
                Optional.ofNullable(body.path("leaderName").textValue()),
                body.path("appliedTerm").asLong(),
                body.path("appliedIndex").asLong(),
                Optional.ofNullable(body.path("problem").textValue()));
    }

    static MemberList members(JsonMapper json, Answer answer) {
        JsonNode body = json(json, answer);
        List<Member> members = new ArrayList<>();
        for (JsonNode member : body.path("members")) {
            members.add(new Member(
                    id(member.path("id"), answer),
                    member.path("name").asText(""),
                    member.path("peerAddress").asText(""),
                    member.path("learner").asBoolean() ? Kind.LEARNER : Kind.VOTER));
        }
        JsonNode leader = body.path("leaderId");
        return new MemberList(
                new ClusterId(id(body.path("clusterId"), answer).value()),
                id(body.path("memberId"), answer),
                leader.isTextual() ? Optional.of(id(leader, answer)) : Optional.empty(),
                body.path("term").asLong(),
                members);
    }

    static MemberId added(JsonMapper json, Answer answer) {
        return id(json(json, answer).path("added"), answer);
    }

    private static MemberId id(JsonNode text, Answer answer) {
        return MemberId.parse(text.asText("")).orElseThrow(() -> unexpected(answer, null));
    }

    /** Reads token by token: a page is megabytes, and a tree of it several times as much. */
    static List<KeyAndValue> keysAndValues(JsonMapper json, Answer answer) {
        List<KeyAndValue> found = new ArrayList<>();
        try (JsonParser parser = json.createParser(answer.body())) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw unexpected(answer, null);
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                found.add(keyAndValue(parser, answer));
            }
            if (parser.currentToken() != JsonToken.END_ARRAY) {
                throw unexpected(answer, null);
            }
        } catch (IOException e) {
            throw unexpected(answer, e);
        }
        return found;
    }

    private static KeyAndValue keyAndValue(JsonParser parser, Answer answer) throws IOException {
        Optional<Bytes> key = Optional.empty();
        Optional<Bytes> value = Optional.empty();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("key")) {
                key = Optional.of(Bytes.wrap(parser.getBinaryValue()));
            } else if (name.equals("value")) {
                value = Optional.of(Bytes.wrap(parser.getBinaryValue()));
            } else {
                parser.skipChildren();
            }
        }
        if (key.isEmpty() || value.isEmpty()) {
            throw unexpected(answer, null);
        }
        return new KeyAndValue(key.get(), value.get());
    }

    static Bytes bytes(String base64) {
        try {
            return Bytes.wrap(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw new UnexpectedAnswerException("The answer holds text that is not base64", e);
        }
    }

    private static UnexpectedAnswerException unexpected(Answer answer, @Nullable Throwable cause) {
        String message = "The answer is not what a Hightower KV server sends: endpoint=" + answer.endpoint()
                + " status=" + answer.status();
        return cause == null ? new UnexpectedAnswerException(message) : new UnexpectedAnswerException(message, cause);
    }
}
