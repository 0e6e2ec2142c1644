package io.hightower.kv.cluster.check.history;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Histories as files: one operation per line, in UTF-8, each a JSON object with these fields in this order. What does not
 * belong to the operation, or was not told, is left out.
 *
 * <pre>
 * {"client":0,"call":NS,"return":NS,"op":"put|get|delete|cas|range|txn","key":"k","value":"v","expectRev":0,"end":"z",
 *  "status":"ok|info|fail","rev":7,"modRev":5,"version":1,"found":true,"out":"v","succeeded":true,"deleted":1,
 *  "kvs":[["k","v",modRev,version]]}
 * </pre>
 *
 * <p>The return of an operation whose status is {@code info} is when its client gave up; it may take effect later.
 */
public final class JsonLines {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> FIELDS = Set.of(
            "client",
            "call",
            "return",
            "op",
            "key",
            "value",
            "expectRev",
            "end",
            "status",
            "rev",
            "modRev",
            "version",
            "found",
            "out",
            "succeeded",
            "deleted",
            "kvs");

    private JsonLines() {}

    /** Writes a history to a file, which is replaced if it is there. */
    public static void write(Path file, List<Op> history) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (Op op : history) {
                writer.write(line(op));
                writer.write('\n');
            }
        }
    }

    /**
     * Reads a history; empty lines are skipped.
     *
     * @throws IOException if the file cannot be read, or a line is no operation: the message names the line
     */
    public static List<Op> read(Path file) throws IOException {
        List<Op> history = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    history.add(parse(line, file + ":" + number));
                }
            }
        }
        return history;
    }

    private static Op parse(String line, String where) throws IOException {
        try {
            return op(line);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException(
                    "A line of the history is no operation: line=" + where + " cause=" + e.getMessage(), e);
        }
    }

    /** Returns an operation as one line, without its end. */
    public static String line(Op op) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("client", op.client());
            json.writeNumberField("call", op.callNanos());
            json.writeNumberField("return", op.returnNanos());
            Invocation asked = op.asked();
            json.writeStringField("op", lower(asked.kind()));
            json.writeStringField("key", asked.key());
            if (asked.writesValue()) {
                json.writeStringField("value", asked.value());
            }
            if (asked.compares()) {
                json.writeNumberField("expectRev", asked.expectRevision());
            }
            if (!asked.end().isEmpty()) {
                json.writeStringField("end", asked.end());
            }
            json.writeStringField("status", lower(op.status()));
            if (op.isOk()) {
                writeAnswer(json, asked, op.told());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("Writing to memory failed", e);
        }
        return text.toString();
    }

    private static void writeAnswer(JsonGenerator json, Invocation asked, Answer told) throws IOException {
        writeUnlessZero(json, "rev", told.revision());
        writeUnlessZero(json, "modRev", told.modRevision());
        writeUnlessZero(json, "version", told.version());
        if (asked.kind() == Invocation.Kind.GET) {
            json.writeBooleanField("found", told.found());
            if (told.found()) {
                json.writeStringField("out", told.out());
            }
        }
        if (asked.compares()) {
            json.writeBooleanField("succeeded", told.succeeded());
        }
        if (asked.kind() == Invocation.Kind.DELETE && told.deleted() != Answer.UNTOLD) {
            json.writeNumberField("deleted", told.deleted());
        }
        if (asked.showsRange()) {
            json.writeArrayFieldStart("kvs");
            for (Answer.Shown shown : told.kvs()) {
                json.writeStartArray();
                json.writeString(shown.key());
                json.writeString(shown.value());
                json.writeNumber(shown.modRevision());
                json.writeNumber(shown.version());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
    }

    private static void writeUnlessZero(JsonGenerator json, String field, long number) throws IOException {
        if (number != 0) {
            json.writeNumberField(field, number);
        }
    }

    /**
     * Reads an operation from one line.
     *
     * @throws IllegalArgumentException if it is no operation
     * @throws JsonProcessingException if it is no JSON
     */
    public static Op op(String line) throws JsonProcessingException {
        JsonNode json = JSON.readTree(line);
        json.fieldNames().forEachRemaining(JsonLines::requireKnown);
        Invocation asked = new Invocation(
                Invocation.Kind.valueOf(required(json, "op").asText().toUpperCase(Locale.ROOT)),
                required(json, "key").asText(),
                json.path("value").asText(""),
                json.path("expectRev").asLong(0),
                json.path("end").asText(""));
        Status status = Status.valueOf(required(json, "status").asText().toUpperCase(Locale.ROOT));
        return new Op(
                required(json, "client").asInt(),
                required(json, "call").asLong(),
                required(json, "return").asLong(),
                asked,
                status,
                status == Status.OK ? answer(json, asked.kind()) : Answer.NONE);
    }

    private static Answer answer(JsonNode json, Invocation.Kind kind) {
        List<Answer.Shown> kvs = new ArrayList<>();
        for (JsonNode shown : json.path("kvs")) {
            kvs.add(new Answer.Shown(
                    shown.path(0).asText(),
                    shown.path(1).asText(),
                    shown.path(2).asLong(),
                    shown.path(3).asLong()));
        }
        return new Answer(
                json.path("rev").asLong(0),
                json.path("modRev").asLong(0),
                json.path("version").asLong(0),
                json.path("found").asBoolean(false),
                json.path("out").asText(""),
                json.path("succeeded").asBoolean(false),
                json.path("deleted").asLong(kind == Invocation.Kind.DELETE ? Answer.UNTOLD : 0),
                kvs);
    }

    private static JsonNode required(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            throw new IllegalArgumentException("An operation has this field: field=" + field);
        }
        return value;
    }

    private static void requireKnown(String field) {
        if (!FIELDS.contains(field)) {
            throw new IllegalArgumentException("An operation has no such field: field=" + field);
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
