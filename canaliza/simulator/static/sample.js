// A photo for whoever has none at hand: a street with a hole in it, drawn here.
const WIDTH = 960;
const HEIGHT = 1280;

export async function samplePhoto() {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  paint(canvas.getContext("2d"));
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return new File([blob], "foto.jpg", { type: "image/jpeg" });
}

function paint(pen) {
  fill(pen, "#a9c7dc", [[0, 0], [WIDTH, 0], [WIDTH, 480], [0, 480]]);
  fill(pen, "#a39b8f", [[0, 470], [WIDTH, 470], [WIDTH, HEIGHT], [0, HEIGHT]]);
  fill(pen, "#c98a5b", [[0, 170], [360, 300], [360, 520], [0, 640]]);
  fill(pen, "#d9b36c", [[WIDTH, 150], [600, 300], [600, 520], [WIDTH, 660]]);
  fill(pen, "#6d6a66", [[400, 470], [560, 470], [WIDTH, HEIGHT], [0, HEIGHT]]);
  for (const [y, w] of [[520, 6], [640, 12], [820, 20], [1080, 32]]) {
    fill(pen, "#e8e1c9", [[480 - w, y], [480 + w, y], [480 + w * 1.4, y + w * 4], [480 - w * 1.4, y + w * 4]]);
  }
  ellipse(pen, "#4a443c", 500, 930, 250, 105);
  ellipse(pen, "#2d2924", 510, 945, 200, 75);
  ellipse(pen, "#6f7f86", 530, 965, 120, 32);
}

function fill(pen, colour, points) {
  pen.fillStyle = colour;
  pen.beginPath();
  points.forEach(([x, y]) => pen.lineTo(x, y));
  pen.fill();
}

function ellipse(pen, colour, x, y, width, height) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
  pen.fill();
}
