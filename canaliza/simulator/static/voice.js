// Records a voice note with the browser's own recorder. What it writes (Ogg or WebM, both Opus) is sent as it is.
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"];

export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
}

export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
  const chunks = [];
  const begun = Date.now();
  recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
  const done = new Promise((resolve) => {
    recorder.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop());
      const type = recorder.mimeType.split(";")[0];
      const file = new File(chunks, `nota-de-voz.${type.split("/")[1]}`, { type });
      resolve({ file, seconds: Math.max(1, Math.round((Date.now() - begun) / 1000)) });
    });
  });
  recorder.start();
  return { stop: () => recorder.stop(), done };
}
