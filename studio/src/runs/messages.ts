import type { Messages } from "../shell/language.ts";

export const messages = {
  en: {
    title: "Runs",
    none: "There are no runs here yet. Train one, and it appears as it goes:",
    noServer: "No Studio answers here. Start it with",
    failed: "The runs cannot be listed: {why}",
    name: "Name",
    epochs: "Epochs",
    accuracy: "Validation accuracy",
    changed: "Last written",
  },
  zh: {
    title: "训练记录",
    none: "这里还没有训练记录。开始一次训练，它会随训练进程出现：",
    noServer: "这里没有 Studio 在应答。请用以下命令启动",
    failed: "无法列出训练记录：{why}",
    name: "名称",
    epochs: "轮数",
    accuracy: "验证准确率",
    changed: "最近写入",
  },
} as const satisfies Messages;
