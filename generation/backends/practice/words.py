"""What the practice text engine's tokenizer is made from: a page of film words in both languages."""

PAGE = """
A wide shot of the river at dawn. The ferryman ties up his boat. The girl waits at the landing with a red umbrella.
Close-up of her hands. Rain on the window. The lamp in the kitchen is still on. Nobody speaks. Cut to the street.
Night market, lanterns, steam, neon. An old man sells paper birds. The camera pushes in slowly. He looks up and smiles.
Medium shot over the shoulder. The letter lies open on the table. She reads it aloud. The train leaves without him.
Interior, theatre, day. The actors rehearse in silence. The director counts the beats. Dust in the light of the door.
Exterior, mountain road, dusk. A bus climbs through the fog. The driver hums an opera. The child counts the tunnels.
She turns away. He says nothing. The door closes. The wind takes the photograph. We hear the sea before we see it.
清晨，江面全景。船工系好缆绳。女孩撑着红伞站在渡口。手部特写。雨打在窗上。厨房的灯还亮着。没有人说话。切到街上。
夜市，灯笼，热气，霓虹。老人在卖纸鸟。镜头慢慢推近。他抬起头，笑了。过肩中景。桌上摊着一封信。她念出声来。火车没有等他。
内景，剧场，日。演员在沉默中排练。导演数着拍子。门缝的光里有灰尘。外景，山路，黄昏。客车在雾里爬坡。司机哼着戏。孩子数着隧道。
她转过身去。他什么也没说。门关上了。风把照片吹走。先听见海，再看见海。
"""

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
