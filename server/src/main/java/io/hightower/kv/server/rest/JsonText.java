package io.hightower.kv.server.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.hightower.kv.rest.model.ErrorBody;
import io.hightower.kv.rest.model.KeyValue;
import io.hightower.kv.rest.model.MemberAddition;
import io.hightower.kv.rest.model.PutRequest;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import java.io.IOException;
import java.io.OutputStream;

/** The generated models as JSON text. Thread-safe. */
final class JsonText {
    private final JsonMapper mapper;
    private final ObjectReader putRequests;
    private final ObjectReader memberRequests;
    private final ObjectWriter keyValues;

    /** Reads texts up to {@code bytesMax}, beyond the bounds that the parser has of its own. */
    JsonText(int bytesMax) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(bytesMax)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        this.mapper = JsonMapper.builder(factory)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .withCoercionConfig(LogicalType.Textual, config -> config.setCoercion(
                                CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
        this.putRequests = mapper.readerFor(PutRequest.class);
        this.memberRequests = mapper.readerFor(MemberAddition.class);
        this.keyValues = mapper.writerFor(KeyValue.class);
    }

    /**
     * Reads the value of a put request.
     *
     * @throws RequestRefused with 400 if the text is not a JSON object that holds a base64 value
     */
    Bytes putValue(byte[] body) {
        PutRequest request;
        try {
            request = putRequests.readValue(body);
        } catch (JsonProcessingException e) {
            // The parser's own words would quote the body and name classes.
            long offset =
                    e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw new RequestRefused(
                    400, "invalid_body", "The body is not a JSON object with a text \"value\": offset=" + offset);
        } catch (IOException e) {
            throw new RequestRefused(400, "invalid_body", "The body is not readable text");
        }
        if (request == null || request.getValue() == null) {
            throw new RequestRefused(400, "invalid_body", "The body has no \"value\"");
        }
        return RequestText.value(request.getValue());
    }

    /**
     * What a request says about a member.
     *
     * @param learner false if it says nothing about that
     */
    record MemberRequest(String peerAddress, boolean learner) {}

    /**
     * Reads what a request says about a member.
     *
     * @throws RequestRefused with 400 if the text is not a JSON object that holds a peer address
     */
    MemberRequest memberRequest(byte[] body) {
        MemberAddition request;
        try {
            request = memberRequests.readValue(body);
        } catch (IOException e) {
            throw new RequestRefused(400, "invalid_body", "The body is not a JSON object with a text \"peerAddress\"");
        }
        if (request == null || request.getPeerAddress() == null) {
            throw new RequestRefused(400, "invalid_body", "The body has no \"peerAddress\"");
        }
        return new MemberRequest(request.getPeerAddress(), Boolean.TRUE.equals(request.getLearner()));
    }

    /** Writes a model. */
    byte[] write(Object model) {
        try {
            return mapper.writeValueAsBytes(model);
        } catch (JsonProcessingException e) {
            throw unwritable(e);
        }
    }

    /** Writes the body of an error. */
    byte[] error(String message, String code) {
        return write(new ErrorBody(message, code));
    }

    /** Writes a key and its value. */
    byte[] write(Bytes key, Bytes value) {
        try {
            return keyValues.writeValueAsBytes(model(key, value));
        } catch (JsonProcessingException e) {
            throw unwritable(e);
        }
    }

    /** Begins an array of keys and values that goes to {@code target} as it grows. */
    KeyValueArray array(OutputStream target) throws IOException {
        return new KeyValueArray(mapper.createGenerator(target), keyValues);
    }

    private static KeyValue model(Bytes key, Bytes value) {
        return new KeyValue(Base64Text.write(key), Base64Text.write(value));
    }

    private static InvariantViolation unwritable(JsonProcessingException e) {
        InvariantViolation violation = new InvariantViolation("every model can be written as JSON");
        violation.initCause(e);
        return violation;
    }

    /** A JSON array of keys and values. Used by one thread at a time. */
    static final class KeyValueArray {
        private final JsonGenerator generator;
        private final ObjectWriter writer;

        private KeyValueArray(JsonGenerator generator, ObjectWriter writer) throws IOException {
            this.generator = generator;
            this.writer = writer;
            generator.writeStartArray();
        }

        void add(Bytes key, Bytes value) throws IOException {
            writer.writeValue(generator, model(key, value));
        }

        /** Ends the array and hands everything to the target, which stays open. */
        void end() throws IOException {
            generator.writeEndArray();
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.close();
        }
    }
}
