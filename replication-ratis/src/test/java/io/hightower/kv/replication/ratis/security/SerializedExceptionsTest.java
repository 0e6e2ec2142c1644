package io.hightower.kv.replication.ratis.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.util.IOUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SerializedExceptionsTest {
    private static final int DEEPER_THAN_ALLOWED = 100;

    @BeforeAll
    static void guard() {
        SerializedExceptions.guard();
    }

    /** An exception of another product. */
    private static final class Foreign extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static byte[] serialized(Serializable object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
            output.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static Throwable asRatisReads(Serializable object) throws IOException {
        return IOUtils.bytes2Object(serialized(object), Throwable.class);
    }

    @Test
    void exceptionsOfRatisAndOfJavaPass() throws IOException {
        StateMachineException sent = new StateMachineException(
                "no", new CompletionException(new IOException("cause", new IllegalStateException("deeper"))), false);
        sent.addSuppressed(new ArrayIndexOutOfBoundsException(1));

        Throwable received = asRatisReads(sent);

        assertThat(received).isInstanceOf(StateMachineException.class).hasRootCauseMessage("deeper");
        assertThat(received.getStackTrace()).as("arrays pass").isEqualTo(sent.getStackTrace());
        assertThat(received.getSuppressed()).hasSize(1);
    }

    @Test
    void aClassOutsideTheFilterIsRefusedWhereverItHides() {
        IllegalStateException around = new IllegalStateException(new Foreign());
        for (Serializable object :
                List.of(new Foreign(), around, URI.create("http://h"), new Foreign[] {new Foreign()})) {
            assertThatThrownBy(() -> asRatisReads(object)).hasRootCauseInstanceOf(InvalidClassException.class);
        }
    }

    @Test
    void whatIsTooDeepIsRefused() {
        ArrayList<Object> nested = new ArrayList<>();
        for (int depth = 0; depth < DEEPER_THAN_ALLOWED; depth++) {
            nested = new ArrayList<>(List.of(nested));
        }
        ArrayList<Object> deep = nested;
        assertThatThrownBy(() -> asRatisReads(deep)).hasRootCauseInstanceOf(InvalidClassException.class);
    }

    @Test
    void theProgramAroundReadsWhatItWants() throws Exception {
        try (ObjectInputStream input = new ObjectInputStream(new ByteArrayInputStream(serialized(new Foreign())))) {
            assertThat(input.readObject()).isInstanceOf(Foreign.class);
        }
    }

    @Test
    void theSameTextServesAsTheFilterOfAProcess() throws Exception {
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter(SerializedExceptions.FILTER);
        try (ObjectInputStream input = new ObjectInputStream(new ByteArrayInputStream(serialized(new Foreign())))) {
            input.setObjectInputFilter(filter);
            assertThatThrownBy(input::readObject).isInstanceOf(InvalidClassException.class);
        }
    }

    @Test
    void guardingTwiceChangesNothing() {
        ObjectInputFilter before = ObjectInputFilter.Config.getSerialFilter();
        SerializedExceptions.guard();
        assertThat(ObjectInputFilter.Config.getSerialFilter()).isSameAs(before).isNotNull();
    }
}
